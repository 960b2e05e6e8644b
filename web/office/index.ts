/**
 * The officer's desk at a registration office (`/office`), and the acceptance of an invitation (`/office/join`).
 *
 * An officer signs in with a passkey and looks a person up by the number on the ID card. The page shows what the
 * registry answers in the order of the paper card, with the portrait beside it; the officer compares the face and
 * says so, and only then gets a QR for the applicant's own phone. A timeline follows the applicant live until the
 * enrolment is done, cancelled or ended. Each refusal has words of its own. The officer never meets the PIN.
 */
export { JoinPage } from './JoinPage.tsx'
export { OfficePage } from './OfficePage.tsx'
