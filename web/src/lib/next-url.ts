const HOME = '/app';

/** A path of the app to go on to after sign-in; anything else, and any other site, becomes the start page. */
export function nextUrl(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || /[\\\s]/.test(wanted)) return HOME;
  const url = new URL(wanted, 'https://voxgate.invalid');
  const ours = url.host === 'voxgate.invalid' && (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`));
  return ours ? url.pathname + url.search : HOME;
}
