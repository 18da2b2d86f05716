// Lintel's demo bookings, as a CRM would keep them. In memory.
import { randomUUID } from 'node:crypto';

/** The times on offer. */
export const SLOTS = ['Tuesday, 10:00', 'Tuesday, 15:30', 'Thursday, 9:00', 'Thursday, 14:00'];

export function createBookings() {
  const bookings = new Map();
  return {
    /** Books a demo for somebody, who came by this referral code or `null`; gives back the booking. */
    add(person, slot, ucc) {
      const booking = { id: `demo_${randomUUID().slice(0, 8)}`, person, slot, ucc, attendedAt: null };
      bookings.set(booking.id, booking);
      return booking;
    },
    /** Keeps a booking of the calendar's as its webhook has it. */
    noteWebhook({ triggerEvent, payload = {} }) {
      const { uid, attendees = [], metadata = {} } = payload;
      if (triggerEvent === 'BOOKING_CREATED') {
        const person = { ...attendees[0], organization: '' };
        bookings.set(uid, {
          id: uid,
          person,
          slot: 'Tomorrow, 10:00',
          ucc: metadata.ucc ?? null,
          attendedAt: null,
          isOfCalendar: true,
        });
      }
      const booking = bookings.get(payload.bookingUid);
      if (booking && triggerEvent === 'BOOKING_NO_SHOW_UPDATED')
        bookings.set(booking.id, { ...booking, isMissed: attendees.every(({ noShow }) => noShow) });
    },
    /** Notes that Cello has the event of a booking of the calendar's. */
    noteSent: ({ payload }) => {
      const booking = bookings.get(payload.newUserId.replace('calcom:', ''));
      if (booking) bookings.set(booking.id, { ...booking, attendedAt: new Date() });
    },
    find: (id) => bookings.get(id) ?? null,
    /** Notes that a demo took place. */
    markAttended(id, attendedAt) {
      const booking = bookings.get(id);
      if (booking) bookings.set(id, { ...booking, attendedAt });
    },
    list: () => [...bookings.values()].reverse(),
  };
}
