/** The frames of the live channel. What does not look like one is dropped. */
import * as v from 'valibot';
import { Frame } from './event-schema';

export { type Actor, EventKind, type Frame, type Role, SEVERITY, type Severity, type Subject } from './event-schema';

/** A frame from the text of a message; `undefined` if it is none. */
export function parseFrame(text: unknown): Frame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const parsed = v.safeParse(Frame, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
