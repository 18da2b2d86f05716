/** Chili Piper: the code goes in with the lead that the site's call hands over. */
import { isFree, sayTaken } from './carrier.js';
import { own, textIn } from './heard.js';
import type { Joined, Room, Vendor } from './vendor.js';

/** Adds the code to the lead of `submit(domain, router, options)`. */
function carryInCall(args: unknown[], { getPut, isOff, carried, failed }: Room): void {
  const put = getPut();
  const [, , options] = args;
  const place = own(options, 'domElement');
  const element = place instanceof Element ? place : null;
  if (!put || isOff(element)) return;
  const lead = own(options, 'lead');
  if (typeof lead !== 'object' || lead === null) failed(element, 'this call hands over no lead');
  else if (!isFree(own(lead, put.carrier), put)) failed(element, sayTaken(put));
  else {
    args[2] = { ...Object(options), lead: { ...lead, [put.carrier]: put.ucc } };
    carried(element);
  }
}

/** Nothing but the call itself takes a lead: we stand in front of `ChiliPiper.submit`, and pass everything on. */
function join(room: Room): Joined {
  let undo = (): void => undefined;
  let last: unknown;
  return {
    check() {
      const api: unknown = Reflect.get(window, 'ChiliPiper');
      if ((typeof api !== 'object' && typeof api !== 'function') || api === null) return;
      const submit: unknown = Reflect.get(api, 'submit');
      if (typeof submit !== 'function' || submit === last) return;
      const ours = function (this: unknown, ...args: unknown[]): unknown {
        room.guard(() => carryInCall(args, room))(null);
        return Reflect.apply(submit, this, args);
      };
      if (!Reflect.set(api, 'submit', Object.assign(ours, submit))) return;
      last = ours;
      undo = () => {
        if (Reflect.get(api, 'submit') === ours) Reflect.set(api, 'submit', submit);
      };
    },
    stop: () => undo(),
  };
}

export const CHILI_PIPER: Vendor = {
  word: 'chilipiper',
  kind: 'demo',
  carrier: 'ucc',
  origins: /^https:\/\/[\w-]+\.chilipiper\.com$/,
  frames: '[class*=chilipiper] iframe',
  carry: null,
  hear(data) {
    if (own(data, 'action') !== 'booking-confirmed') return null;
    const places = [data, own(data, 'args'), own(data, 'data')];
    const find = (key: string) => places.map((place) => textIn(place, key)).find(Boolean);
    const email = find('email');
    const start = find('start');
    return {
      ref: find('eventId') ?? null,
      key: email && start ? `${email.toLowerCase()} ${start}` : null,
      fields: { email },
    };
  },
  join,
};
