/** Keys for lines that run. */

/**
 * Whoever stays keeps its key, so that focus and open details stay with it. Where nobody stays, as in a flood, the lines
 * get the keys of those that were there: their elements are written anew, which is much cheaper than making new ones.
 */
export class LineKeys {
  private keys = new Map<number, number>();
  private last = 0;

  /** The keys of lines with these numbers, in their order. Asking again for the same lines answers the same. */
  of(lines: readonly number[]): number[] {
    const before = this.keys;
    const free = lines.some((line) => before.has(line)) ? [] : [...before.values()];
    const keys = lines.map((line, index) => before.get(line) ?? free[index] ?? ++this.last);
    this.keys = new Map(lines.map((line, index) => [line, keys[index] ?? 0]));
    return keys;
  }
}
