import { bookingFlow, post } from "./booking-flow.ts";

/** Its effect ignores `once`: whoever takes the turn again books again. */
export const flows = [bookingFlow("books-again", ({ BOOKINGS_URL }) => post(BOOKINGS_URL))];
