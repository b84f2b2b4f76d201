/** The one sentence above a form that was refused. */
export const FormError = ({ text }: { text: string | undefined }) =>
  text ? (
    <p role="alert" className="rounded-md border border-bad px-3 py-2 text-sm text-bad">
      {text}
    </p>
  ) : null;
