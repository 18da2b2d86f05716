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
    find: (id) => bookings.get(id) ?? null,
    /** Notes that a demo took place. */
    markAttended(id, attendedAt) {
      const booking = bookings.get(id);
      if (booking) bookings.set(id, { ...booking, attendedAt });
    },
    list: () => [...bookings.values()].reverse(),
  };
}
