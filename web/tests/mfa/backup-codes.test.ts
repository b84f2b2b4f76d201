import { encode } from 'uqr';
import { expect, it } from 'vitest';
import { fileName, fileText, inGroups, parameters } from '../../src/features/mfa/backup-codes';
import { matrixPath } from '../../src/features/mfa/matrix-path';

const codes = ['abcde-12345', 'fghjk-67890'];
const sheet = { site: 'id.example', email: 'uma@techcorp.com', made: new Date('2026-11-24T09:00:00Z'), codes };

it('writes site, address, date and every code into the file', () => {
  const text = fileText(sheet);
  for (const part of ['id.example', 'uma@techcorp.com', '2026-11-24', ...codes]) expect(text).toContain(part);
  expect(text.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true);
});

it('makes a file name of any host', () => {
  expect(fileName('127.0.0.1:8000')).toBe('127.0.0.1-8000-backup-codes.txt');
});

it('groups the key for typing', () => {
  expect(inGroups('JBSWY3DPEHPK3PXPAB')).toBe('JBSW Y3DP EHPK 3PXP AB');
});

it('reads what an authenticator asks from the address', () => {
  const uri = 'otpauth://totp/Voxgate:uma?secret=ABC&issuer=Voxgate&algorithm=SHA256&digits=8&period=60';
  expect(parameters(uri)).toEqual({ type: 'Time-based', algorithm: 'SHA256', digits: '8', period: '60 seconds' });
});

/** Paints the path again, module by module. */
function painted(path: string, size: number): boolean[][] {
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(width); at++) (rows[Number(y)] ?? [])[Number(x) + at] = true;
  }
  return rows;
}

it('draws every dark module of a QR code and no other', () => {
  const { data, size } = encode('otpauth://totp/Voxgate:uma@techcorp.com?secret=JBSWY3DPEHPK3PXP', { border: 4 });
  expect(painted(matrixPath(data), size)).toEqual(data);
});
