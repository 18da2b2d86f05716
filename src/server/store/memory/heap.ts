/**
 * A heap: finds the first of many items in logarithmic time.
 */

/** Items, with the first one at hand. */
export interface Heap<T> {
  push(item: T): void;
  /** The first that is not stale; `undefined` if there is none. */
  peek(): T | undefined;
  /** Removes the first. */
  pop(): void;
}

/** Below this size, clearing up is not worth it. */
const CLEAR_UP_MIN = 64;

/**
 * Creates a heap. A stale item is removed when it reaches the top, or when half of the heap may be stale.
 *
 * @param isBefore - Whether one item comes before another. What it compares must not change while an item is in the
 *   heap.
 * @param isStale - Whether an item is no longer wanted. A stale item must stay stale.
 */
export function createHeap<T>(isBefore: (one: T, other: T) => boolean, isStale: (item: T) => boolean): Heap<T> {
  let items: T[] = [];
  let clearUpAt = CLEAR_UP_MIN;

  /** Places an item in a hole, or further up. */
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

  /** Fills the hole at the top with the first item below it, and so on. Returns where the hole ends up. */
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
