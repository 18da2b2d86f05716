/**
 * A world in which time is a number: browser tabs with the built outbox and one storage between them, a network that
 * fails as it is told, and the built endpoint with a store. The same actions always give the same story.
 */
import { createEndpoint, type Message, memoryStore } from 'cello-companion/server';
import { type FailureReason, type Outbox, openOutbox } from '../../dist/browser/messages/outbox.js';
import type { Delivery } from '../../dist/browser/messages/transport.js';

/** What becomes of one request. */
export type Fault =
  | 'none'
  /** The connection breaks before the endpoint has the message, or after it has handled it. */
  | 'reset before'
  | 'reset after'
  /** The endpoint has it and answers too late. */
  | 'no answer'
  /** Something before the endpoint answers. */
  | '503'
  | '429'
  /** `onReferral` throws; takes 3 s; its process dies in it. */
  | 'throws'
  | 'slow'
  | 'dies';

export type Action =
  | { readonly do: 'submit'; readonly tab: number; readonly fault: Fault }
  | { readonly do: 'pass'; readonly ms: number; readonly fault: Fault }
  | { readonly do: 'online' | 'kill' | 'reload' | 'open'; readonly tab: number; readonly fault: Fault }
  | { readonly do: 'storage'; readonly is: 'well' | 'full' | 'denied' }
  | { readonly do: 'clock'; readonly byMs: number };

const ADDRESS = 'https://site.example/api/cello';
const TABS_MAX = 3;
const NETWORK_MS = 20;
const ANSWER_MS = 10_000;
const SLOW_MS = 3_000;

const START_MS = Date.parse('2026-11-23T12:00:00.000Z');

interface Tab {
  readonly outbox: Outbox;
  isAlive: boolean;
}

/** The storage of one site, as a browser has it: its keys are its own properties. */
const StorageLike = {
  getItem(this: Record<string, string>, key: string): string | null {
    return this[key] ?? null;
  },
  setItem(this: Record<string, string>, key: string, value: string): void {
    this[key] = value;
  },
  removeItem(this: Record<string, string>, key: string): void {
    delete this[key];
  },
};

/** A storage like a browser's, for as long as the object lives. */
export const createStorage = (): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> => Object.create(StorageLike);

/** Where a submission ended. */
export interface Account {
  submitted: number;
  /** Requests that reached the endpoint. */
  arrived: number;
  countedOnce: number;
  countedTwice: number;
  inOutbox: number;
  /** Given up with an event, by the limits of age and number. */
  givenUp: number;
  /** The storage took nothing, and the page died. */
  diedWithPage: number;
  lost: number;
}

export class World {
  nowMs = START_MS;
  readonly storage = createStorage();
  readonly counted = new Map<string, number>();
  readonly givenUp = new Map<string, FailureReason>();
  readonly #submitted: string[] = [];
  readonly #diedWithPage = new Set<string>();
  readonly #bodies = new Map<string, string>();
  readonly #changed: string[] = [];
  readonly #tabs: Tab[] = [];
  readonly #queue: { atMs: number; work: () => void }[] = [];
  #clockOffsetMs = 0;
  #storageIs: 'well' | 'full' | 'denied' = 'well';
  #fault: Fault = 'none';
  #arrived = 0;
  /** Calls of the endpoint that run on real promises right now. */
  #busy = 0;

  readonly #endpoint = createEndpoint({
    store: memoryStore({ clock: () => this.nowMs }),
    log: () => {},
    onReferral: (message, request) => this.#onReferral(message, request),
  });

  constructor() {
    this.#open();
  }

  /** Does one thing, and lets everything settle that follows from it at once. */
  async act(action: Action): Promise<void> {
    if ('fault' in action) this.#fault = action.fault;
    switch (action.do) {
      case 'submit':
        this.#submit(this.#pick(action.tab));
        break;
      case 'online':
        this.#pick(action.tab).outbox.flush();
        break;
      case 'kill':
        this.#kill(this.#pick(action.tab));
        this.#open();
        break;
      case 'reload':
        this.#pick(action.tab).outbox.flushBlindly();
        this.#kill(this.#pick(action.tab));
        this.#open();
        break;
      case 'open':
        if (this.#tabs.length < TABS_MAX) this.#open();
        break;
      case 'storage':
        this.#storageIs = action.is;
        break;
      case 'clock':
        this.#clockOffsetMs += action.byMs;
        break;
      case 'pass':
        await this.pass(action.ms);
    }
    await this.#settle();
  }

  /** Lets time go by. */
  async pass(ms: number): Promise<void> {
    await this.#settle();
    const endMs = this.nowMs + ms;
    for (;;) {
      this.#queue.sort((a, b) => a.atMs - b.atMs);
      const next = this.#queue[0];
      if (!next || next.atMs > endMs) break;
      this.#queue.shift();
      this.nowMs = next.atMs;
      next.work();
      await this.#settle();
    }
    this.nowMs = endMs;
  }

  /** Everything is well again, and somebody comes back to the site. */
  async heal(): Promise<void> {
    await this.act({ do: 'storage', is: 'well' });
    for (const tab of [...this.#tabs]) tab.outbox.flush();
    await this.act({ do: 'open', tab: 0, fault: 'none' });
    await this.pass(3_600_000);
    for (const tab of [...this.#tabs]) tab.outbox.flush();
    await this.pass(60_000);
  }

  /** Accounts for every submission. */
  account(): Account {
    const kept = Object.keys(this.storage).map((key) => key.replace('cello-companion:', ''));
    const fates = this.#submitted.map((id) => {
      const count = this.counted.get(id) ?? 0;
      if (count) return count === 1 ? 'countedOnce' : 'countedTwice';
      if (kept.includes(id)) return 'inOutbox';
      if (this.givenUp.has(id)) return 'givenUp';
      return this.#diedWithPage.has(id) ? 'diedWithPage' : 'lost';
    });
    const count = (fate: string) => fates.filter((one) => one === fate).length;
    return {
      submitted: this.#submitted.length,
      arrived: this.#arrived,
      countedOnce: count('countedOnce'),
      countedTwice: count('countedTwice'),
      inOutbox: count('inOutbox'),
      givenUp: count('givenUp'),
      diedWithPage: count('diedWithPage'),
      lost: count('lost'),
    };
  }

  /** Ids whose message was not the same on every try. */
  get changed(): readonly string[] {
    return this.#changed;
  }

  #later(ms: number, work: () => void): () => void {
    const entry = { atMs: this.nowMs + ms, work };
    this.#queue.push(entry);
    return () => {
      entry.work = () => {};
    };
  }

  async #settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#busy);
  }

  #pick(index: number): Tab {
    const tab = this.#tabs[index % this.#tabs.length];
    if (!tab) throw new Error('There is always a tab.');
    return tab;
  }

  #open(): void {
    const ifAlive = (work: () => void) => () => (tab.isAlive ? work() : undefined);
    const outbox = openOutbox(
      {
        deliver: (body) => this.#deliver(body, () => tab.isAlive),
        deliverBlindly: (body) => this.#request(body, () => {}),
        storage: () => this.#openStorage(),
        now: () => this.nowMs + this.#clockOffsetMs,
        random: () => 0.5,
        later: (work, ms) => this.#later(ms, ifAlive(work)),
        exclusively: (work) => this.#later(0, ifAlive(work)),
        page: `page ${this.#tabs.length} at ${this.nowMs}`,
        settleMs: 0,
      },
      {
        onDelivered: () => {},
        onFailed: ({ id }, { reason, isFinal }) => {
          if (isFinal) this.givenUp.set(id, reason);
        },
      },
    );
    const tab: Tab = { outbox, isAlive: true };
    this.#tabs.push(tab);
    outbox.flush();
  }

  #openStorage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
    if (this.#storageIs === 'denied') throw new DOMException('denied', 'SecurityError');
    if (this.#storageIs === 'well') return this.storage;
    const full = Object.create(this.storage);
    const keys = Object.fromEntries(Object.entries(this.storage));
    return Object.assign(full, keys, {
      setItem() {
        throw new DOMException('full', 'QuotaExceededError');
      },
      removeItem: (key: string) => this.storage.removeItem(key),
    });
  }

  /** Without its pagehide, as a crash or a phone does it. */
  #kill(tab: Tab): void {
    tab.isAlive = false;
    tab.outbox.stop();
    this.#tabs.splice(this.#tabs.indexOf(tab), 1);
    for (const id of this.#submitted)
      if (!Object.hasOwn(this.storage, `cello-companion:${id}`)) this.#diedWithPage.add(id);
  }

  #submit({ outbox }: Tab): void {
    const id = `00000000-0000-4000-8000-${String(this.#submitted.length).padStart(12, '0')}`;
    this.#submitted.push(id);
    const at = new Date(this.nowMs + this.#clockOffsetMs).toISOString();
    const common = { v: 1, id, ucc: 'pNRB1aYqArN', source: 'address', at, page: '/signup' } as const;
    void outbox.add({ ...common, type: 'submission', kind: 'signup', form: null, via: 'form', fields: {} }, true);
  }

  /** As delivery.ts tells it to the outbox; a page that died hears nothing. */
  #deliver(body: string, isAlive: () => boolean): Promise<Delivery> {
    return new Promise((resolve) => {
      let isOver = false;
      const tell = (outcome: Delivery) => {
        if (!isOver && isAlive()) resolve(outcome);
        isOver = true;
      };
      this.#later(ANSWER_MS, () => tell({ is: 'open', reason: 'no answer', retryAfterMs: 0 }));
      this.#request(body, tell);
    });
  }

  #request(body: string, tell: (outcome: Delivery) => void): void {
    const fault = this.#fault;
    const broken = { is: 'open', reason: 'network', retryAfterMs: 0 } as const;
    this.#later(NETWORK_MS, () => {
      if (fault === 'reset before') return tell(broken);
      if (fault === '503') return tell({ is: 'open', reason: 'status 503', retryAfterMs: 0 });
      if (fault === '429') return tell({ is: 'open', reason: 'status 429', retryAfterMs: 30_000 });
      this.#arrive(body, fault, (outcome) => {
        if (fault === 'no answer') return;
        this.#later(NETWORK_MS, () => tell(fault === 'reset after' ? broken : outcome));
      });
    });
  }

  #arrive(body: string, fault: Fault, tell: (outcome: Delivery) => void): void {
    this.#arrived += 1;
    const id = String(JSON.parse(body).id);
    if ((this.#bodies.get(id) ?? body) !== body) this.#changed.push(id);
    this.#bodies.set(id, body);
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', 'x-fault': fault };
    this.#busy += 1;
    void this.#endpoint(new Request(ADDRESS, { method: 'POST', body, headers })).then((response) => {
      this.#busy -= 1;
      const retryAfterMs = Number(response.headers.get('retry-after')) * 1000;
      const reason = `status ${response.status}` as const;
      if (response.ok) tell({ is: 'arrived', isToForget: false });
      else tell(response.status < 500 ? { is: 'refused', reason, error: 'no' } : { is: 'open', reason, retryAfterMs });
    });
  }

  async #onReferral({ id }: Message, request: Request): Promise<void> {
    const fault = request.headers.get('x-fault');
    if (fault === 'throws') throw new Error('the database is away');
    if (fault === 'dies') await this.#park(Number.POSITIVE_INFINITY);
    if (fault === 'slow') await this.#park(SLOW_MS);
    this.counted.set(id, (this.counted.get(id) ?? 0) + 1);
  }

  async #park(ms: number): Promise<void> {
    this.#busy -= 1;
    await new Promise<void>((resolve) => {
      if (ms < Number.POSITIVE_INFINITY) this.#later(ms, resolve);
    });
    this.#busy += 1;
  }
}
