/**
 * Enrolling on the citizen's own phone, after the officer has checked who stands there (`/enrol`).
 *
 * The link's token comes in the fragment and is taken out of the address. The page shows a masked name to be
 * confirmed, asks twice for an 8-digit PIN (the rules are checked here at once and by the server again), explains the
 * passkey and has the device make it, and ends with the way to the card. The officer's screen follows along.
 */
export { EnrolPage } from './EnrolPage.tsx'
