/** Chili Piper: the code goes in with the lead that the site's call hands over. */
import { isFree, sayTaken } from './carrier.js';
import { isObject, keyOf, own, textIn } from './heard.js';
import type { Joined, Room, Vendor } from './vendor.js';

/** Adds the code to the lead of `submit(domain, router, options)`. */
function carryInCall(args: unknown[], { getPut, note }: Room): void {
  const [, , options] = args;
  const place = own(options, 'domElement');
  const element = place instanceof Element ? place : null;
  const put = getPut(element);
  if (!put) return;
  const lead = own(options, 'lead');
  if (!isObject(lead)) note(element, 'this call hands over no lead');
  else if (!isFree(own(lead, put.carrier), put)) note(element, sayTaken(put));
  else {
    args[2] = { ...Object(options), lead: { ...lead, [put.carrier]: put.ucc } };
    note(element);
  }
}

/** Nothing but the call itself takes a lead: we stand in front of `ChiliPiper.submit`, and pass everything on. */
function join(room: Room): Joined {
  let api: object = {};
  let theirs: unknown;
  let ours: unknown;
  return {
    check() {
      api = Object(Reflect.get(window, 'ChiliPiper'));
      const submit: unknown = Reflect.get(api, 'submit');
      if (typeof submit !== 'function' || submit === ours) return;
      theirs = submit;
      ours = function (this: unknown, ...args: unknown[]): unknown {
        room.guard(() => carryInCall(args, room))(null);
        return Reflect.apply(submit, this, args);
      };
      Reflect.set(api, 'submit', Object.assign(Object(ours), submit));
    },
    stop() {
      if (ours && Reflect.get(api, 'submit') === ours) Reflect.set(api, 'submit', theirs);
    },
  };
}

export const CHILI_PIPER: Vendor = {
  word: 'chilipiper',
  kind: 'demo',
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
      ref: find('eventId'),
      key: keyOf(email, start),
      fields: { email },
    };
  },
  join,
};
