import { bookingFlow, post } from "./booking-flow.ts";

export const flows = [
  bookingFlow("sound", ({ BOOKINGS_URL }, once) =>
    once("book", (key, signal) => post(BOOKINGS_URL, key, signal).then(() => "booked"), { inDoubt: "retry" }),
  ),
];
