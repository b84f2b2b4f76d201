/** Reading of what others wrote, without believing its types. */

export type Fields = Record<string, unknown>;

/** The value as an object with fields; `undefined` for everything else, arrays too. */
export const fields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A whole number that a double holds exactly. A string of digits is none. */
export const whole = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

export const texts = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id as Voxgate writes it. */
export const id = (value: unknown): string | undefined => {
  const found = text(value);
  return found !== undefined && UUID.test(found) ? found : undefined;
};

export const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
};
