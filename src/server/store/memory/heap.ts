/**
 * A heap: gives the first of many at the cost of a logarithm.
 */

/** Items, of which the first is at hand. */
export interface Heap<T> {
  push(item: T): void;
  /** The first that is not stale; `undefined` if there is none. */
  peek(): T | undefined;
  /** Takes the first out. */
  pop(): void;
}

/** Below this there is nothing to win by clearing up. */
const CLEAR_UP_MIN = 64;

/**
 * Makes a heap. What went stale inside is thrown away when it comes to the top, or when it may be half of the heap.
 *
 * @param isBefore - Whether one item comes before another. What it goes by must not change while an item is inside.
 * @param isStale - Whether an item is not wanted any more. What is stale stays so.
 */
export function createHeap<T>(isBefore: (one: T, other: T) => boolean, isStale: (item: T) => boolean): Heap<T> {
  let items: T[] = [];
  let clearUpAt = CLEAR_UP_MIN;

  /** Puts an item where a hole is, or further up. */
  const rise = (item: T, hole: number): void => {
    let place = hole;
    while (place > 0) {
      const up = (place - 1) >> 1;
      const above = items[up];
      if (above === undefined || !isBefore(item, above)) break;
      items[place] = above;
      place = up;
    }
    items[place] = item;
  };

  /** Fills the hole at the top with what is first below it, and so on. Gives back where the hole came to. */
  const sink = (): number => {
    for (let hole = 0; ; ) {
      const [one, other] = [items[2 * hole + 1], items[2 * hole + 2]];
      if (one === undefined) return hole;
      const isOther = other !== undefined && isBefore(other, one);
      items[hole] = isOther ? other : one;
      hole = 2 * hole + (isOther ? 2 : 1);
    }
  };

  const pop = (): void => {
    const last = items.pop();
    if (last !== undefined && items.length) rise(last, sink());
  };

  const clearUp = (): void => {
    const kept = items.filter((item) => !isStale(item));
    items = [];
    for (const item of kept) rise(item, items.length);
    clearUpAt = Math.max(CLEAR_UP_MIN, 2 * items.length);
  };

  return {
    push(item) {
      if (items.length >= clearUpAt) clearUp();
      rise(item, items.length);
    },
    peek() {
      for (let first = items[0]; first !== undefined; first = items[0]) {
        if (!isStale(first)) return first;
        pop();
      }
      return undefined;
    },
    pop,
  };
}
