export const SkipLink = () => (
  <a
    href="#main"
    className="fixed top-2 left-2 z-70 -translate-y-20 rounded-md bg-solid px-4 py-2 text-on-solid focus-visible:translate-y-0"
  >
    Skip to content
  </a>
);
