/**
 * The e-mail address in an event. Cello's schema declares it as `format: email`, which validators take to be ASCII, with
 * a dot in the domain. It is optional, so an address beyond that must not cost the event.
 */
import type { CelloEvent } from './events.js';

const ADDRESS_MAX = 254;

/** A dot-atom of at most 64 characters. https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2 */
const LOCAL_PART = /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@/;
const DOMAIN = /@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/i;

const isDeliverable = (email: string): boolean =>
  email.length <= ADDRESS_MAX && LOCAL_PART.test(email) && DOMAIN.test(email);

/**
 * Leaves out an e-mail address that Cello would refuse, and the whole event with it: one with letters outside of ASCII,
 * or without a dot in its domain, such as `root@localhost`.
 *
 * @returns The event; the same object if there was nothing to leave out.
 */
export function leaveOutEmail(event: CelloEvent): CelloEvent {
  const { email, ...newUser } = event.context.newUser;
  if (email === undefined || isDeliverable(email)) return event;
  return { ...event, context: { ...event.context, newUser } };
}
