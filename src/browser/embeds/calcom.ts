/** Cal.com, hosted or self-hosted: inline, modal, floating button, element click. https://cal.com/help/embedding */
import { type Carried, isFree, type Put, sayTaken } from './carrier.js';
import { isObject, own, textIn, unpack } from './heard.js';
import type { Room, Vendor } from './vendor.js';

/** Adds the code to a config; `null`: it is taken. */
function carryInConfig(config: unknown, put: Put): Record<string, unknown> | null {
  const given = isObject(config) ? config : {};
  return isFree(own(given, put.carrier), put) ? { ...given, [put.carrier]: put.ucc } : null;
}

function carryInJson(json: string, put: Put): Carried {
  try {
    const config: unknown = JSON.parse(json.trim() || '{}');
    if (own(config, put.carrier) === put.ucc) return { text: json };
    const next = carryInConfig(config, put);
    return next ? { text: JSON.stringify(next) } : { text: json, reason: sayTaken(put) };
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
  const apis: unknown[] = [cal, ...Object.values(Object(own(cal, 'ns')))];
  return apis
    .flatMap((api): unknown[] => {
      const queue = own(api, 'q');
      return Array.isArray(queue) ? queue : [];
    })
    .filter(isObject);
}

function amendWaiting({ getPut, note }: Room): void {
  for (const call of findWaiting()) {
    const given: unknown = Reflect.get(call, 1);
    const place = own(given, 'elementOrSelector');
    const found = typeof place === 'string' ? document.querySelector(place) : place;
    const element = found instanceof Element ? found : null;
    const put = /^(inline|modal|floatingButton)$/.test(String(Reflect.get(call, 0))) && getPut(element);
    if (!put) continue;
    const config = carryInConfig(own(given, 'config'), put);
    if (config) Reflect.set(call, 1, { ...Object(given), config });
    note(element, config ? undefined : sayTaken(put));
  }
}

/** Reschedules, cancellations and dry runs have other names. */
const BOOKED = /^CAL:(.*:)?bookingSuccessful(V2)?$/;

export const CALCOM: Vendor = {
  word: 'calcom',
  kind: 'demo',
  spell: (carrier) => `metadata[${carrier}]`,
  origins: /^https:\/\/(app\.|www\.)?cal\.(com|eu)$/,
  frames: 'iframe:is(.cal-embed,[name^="cal-embed="])',
  sources: [{ selector: '[data-cal-link]', attribute: 'data-cal-config', carry: carryInJson }],
  hear(data) {
    const message = unpack(data, 'bookingSuccessful');
    if (!BOOKED.test(textIn(message, 'fullType') ?? '')) return null;
    const booked = own(message, 'data');
    return { ref: textIn(booked, 'uid') ?? textIn(booked, 'booking', 'uid') };
  },
  join: (room) => ({ check: () => amendWaiting(room) }),
};
