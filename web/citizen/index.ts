/**
 * The citizen's app: the digital ID card (`/card`), the inbox (`/inbox`) and the scanner (`/scan`).
 *
 * Card and inbox open with PIN and passkey. A browser that the server does not know is told why that may be and how
 * to come back. The card shows what an ID card shows, the number masked until its holder wants to see it. The inbox
 * holds a message for each use of the digital ID. The scanner reads the QR on a waiting screen with the camera and
 * goes on to the consent right there, because a frame lives three seconds only. Each is a page of its own:
 * the camera is allowed on `/scan` alone.
 */
export { CardPage } from './CardPage.tsx'
export { InboxPage } from './InboxPage.tsx'
export { ScanPage } from './ScanPage.tsx'
