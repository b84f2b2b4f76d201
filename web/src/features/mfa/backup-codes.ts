/** The sheet of backup codes as a file. */

export type Sheet = { site: string; email: string; made: Date; codes: readonly string[] };

export const fileName = (site: string) => `${site.replace(/[^a-z0-9.-]+/gi, '-').toLowerCase()}-backup-codes.txt`;

export function fileText({ site, email, made, codes }: Sheet): string {
  const date = made.toISOString().slice(0, 10);
  const lines = [
    'Voxgate backup codes',
    '',
    `Site:    ${site}`,
    `Account: ${email}`,
    `Made:    ${date}`,
    '',
    'Each code signs you in once, in place of the code of your authenticator.',
    'Keep this sheet where you keep other keys. New codes make these worthless.',
    '',
    ...codes.map((code, index) => `${String(index + 1).padStart(2)}.  ${code}`),
    '',
  ];
  return lines.join('\r\n');
}

/** A key to be typed by hand, in groups of four. */
export const inGroups = (secret: string) =>
  secret
    .replaceAll(/\s/g, '')
    .match(/.{1,4}/g)
    ?.join(' ') ?? '';

/** What an authenticator asks beside the key, read from the address in the QR code. */
export function parameters(uri: string): { type: string; algorithm: string; digits: string; period: string } {
  const query = new URL(uri).searchParams;
  return {
    type: 'Time-based',
    algorithm: query.get('algorithm') ?? 'SHA1',
    digits: query.get('digits') ?? '6',
    period: `${query.get('period') ?? '30'} seconds`,
  };
}
