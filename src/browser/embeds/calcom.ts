/** Cal.com, hosted or self-hosted: inline, modal, floating button, element click. https://cal.com/help/embedding */
import { type Carried, isFree, type Put, sayTaken } from './carrier.js';
import { own, textIn, unpack } from './heard.js';
import type { Room, Vendor } from './vendor.js';

/** Adds the code to a config; `null`: it is taken. */
function carryInConfig(config: unknown, put: Put): Record<string, unknown> | null {
  const given = typeof config === 'object' && config !== null ? config : {};
  return isFree(own(given, put.carrier), put) ? { ...given, [put.carrier]: put.ucc } : null;
}

function carryInJson(json: string, put: Put): Carried {
  try {
    const config: unknown = JSON.parse(json.trim() || '{}');
    if (own(config, put.carrier) === put.ucc) return { text: json };
    const next = carryInConfig(config, put);
    return next ? { text: JSON.stringify(next) } : { text: json, isTaken: true };
  } catch {
    return { text: json }; // SyntaxError: Cal.com cannot read it either
  }
}

/**
 * The calls that wait for Cal.com's script, as the lists of arguments in which its snippet keeps them. It empties
 * its queues when it runs.
 */
function findWaiting(): object[] {
  const cal: unknown = Reflect.get(window, 'Cal');
  if (typeof cal !== 'function') return [];
  const spaces: unknown = Reflect.get(cal, 'ns');
  const apis: unknown[] = [cal, ...(typeof spaces === 'object' && spaces !== null ? Object.values(spaces) : [])];
  const queues = apis.map((api): unknown => (typeof api === 'function' ? Reflect.get(api, 'q') : null));
  return queues
    .flatMap((queue): unknown[] => (Array.isArray(queue) ? queue : []))
    .filter((call): call is object => typeof call === 'object' && call !== null);
}

function amendWaiting({ getPut, isOff, carried, failed }: Room): void {
  const put = getPut();
  for (const call of put ? findWaiting() : []) {
    const given: unknown = Reflect.get(call, 1);
    if (!put || !/^(inline|modal|floatingButton)$/.test(String(Reflect.get(call, 0)))) continue;
    const place = own(given, 'elementOrSelector');
    const found = typeof place === 'string' ? document.querySelector(place) : place;
    const element = found instanceof Element ? found : null;
    const config = isOff(element) ? null : carryInConfig(own(given, 'config'), put);
    if (config) Reflect.set(call, 1, { ...Object(given), config });
    if (config) carried(element);
    else if (!isOff(element)) failed(element, sayTaken(put));
  }
}

/** Reschedules, cancellations and dry runs have other names. */
const BOOKED = /^CAL:(.*:)?bookingSuccessful(V2)?$/;

export const CALCOM: Vendor = {
  word: 'calcom',
  kind: 'demo',
  carrier: 'ucc',
  spell: (carrier) => `metadata[${carrier}]`,
  origins: /^https:\/\/(app\.)?cal\.(com|eu)$/,
  frames: 'iframe:is(.cal-embed,[name^="cal-embed="])',
  sources: [{ selector: '[data-cal-link]', attribute: 'data-cal-config', carry: carryInJson }],
  hear(data) {
    const message = unpack(data);
    if (!BOOKED.test(textIn(message, 'fullType') ?? '')) return null;
    const booked = own(message, 'data');
    return { ref: textIn(booked, 'uid') ?? textIn(booked, 'booking', 'uid') ?? null };
  },
  join: (room) => ({ check: () => amendWaiting(room) }),
};
