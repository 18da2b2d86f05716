/**
 * The forms of HubSpot's new editor, by their own API:
 * https://developers.hubspot.com/docs/api-reference/latest/marketing/forms/global-form-events
 */
import { attribute, findAll, listen } from '../page/index.js';
import { isFree, sayTaken } from './carrier.js';
import { ask, isObject, personIn, textIn, valuesIn } from './heard.js';
import type { Joined, Room } from './vendor.js';

/** What is around such a form. */
export const NEW = '.hs-form-frame';

/** How long a form may take to say what was entered: a redirect may follow at once. */
const ANSWER_MS = 300;

/** Before a form is ready, some of its methods throw. */
const askNow = (...call: Parameters<typeof ask>): unknown => {
  try {
    return ask(...call);
  } catch {
    return undefined;
  }
};

const askLater = async (...call: Parameters<typeof ask>): Promise<unknown> => ask(...call);

/** Puts the code into a form's property, if it has one and the site does not use it. */
async function putIn(form: object, element: Element | null, { getPut, note }: Room): Promise<void> {
  const given = await askLater(form, 'getFormFieldValues');
  const put = getPut(element);
  if (!put) return;
  const { carrier, ucc } = put;
  const values = valuesIn(given);
  if (Array.isArray(given) && given.length && !(carrier in values)) throw new Error('missing');
  if (!isFree(values[carrier], put)) return note(element, sayTaken(put));
  if (values[carrier] !== ucc) await askLater(form, 'setFieldValue', `0-1/${carrier}`, ucc);
  note(element);
}

/** Reports a form that HubSpot has accepted, with what was entered if HubSpot says so in time. */
function tellSubmitted(form: unknown, element: Element | null, event: Event, { guard, tell }: Room): void {
  const ref = askNow(form, 'getConversionId');
  // Whatever comes second is a repetition.
  const tellIt = guard((given: unknown) =>
    tell({ ref: textIn({ ref }, 'ref'), fields: personIn(valuesIn(given)) }, element, event),
  );
  setTimeout(tellIt, ANSWER_MS);
  askLater(form, 'getFormFieldValues').then(tellIt, tellIt);
}

export function joinEditor(room: Room): Required<Pick<Joined, 'check' | 'stop'>> {
  const { guard, getPut, note } = room;
  const ready = new Map<unknown, Element | null>();
  const busy = new WeakSet<object>();
  const api = (): unknown => Reflect.get(window, 'HubSpotFormsV4');
  /** The element of a form; of several with the same id, the first that no other form has. */
  const elementOf = (form: unknown): Element | null => {
    const id = askNow(form, 'getFormId');
    const all = findAll(document, NEW).filter((one) => attribute(one, 'data-form-id') === id);
    return ready.get(form) ?? all.find((one) => ![...ready.values()].includes(one)) ?? all[0] ?? null;
  };
  const fill = async (form: unknown) => {
    if (!isObject(form) || busy.has(form)) return;
    const element = elementOf(form);
    ready.set(form, element);
    const carrier = getPut(element)?.carrier;
    if (!carrier) return;
    busy.add(form);
    // HubSpot throws if the form lacks the property.
    await putIn(form, element, room).catch(() => note(element, `the form has no property ${carrier}`));
    busy.delete(form);
  };
  let seen: unknown;
  const unlisten = listen(
    window,
    ['hs-form-event:on-ready', 'hs-form-event:on-submission:success'],
    guard((event) => {
      const form = askNow(api(), 'getFormFromEvent', event);
      if (event.type.endsWith('ready')) void fill(form);
      else tellSubmitted(form, elementOf(form), event, room);
    }),
  );
  return {
    check() {
      // Forms that were ready before us.
      const forms = api() === seen ? null : askNow(api(), 'getForms');
      seen = api();
      for (const form of [...ready.keys(), ...(Array.isArray(forms) ? forms : [])]) void fill(form);
    },
    stop: unlisten,
  };
}
