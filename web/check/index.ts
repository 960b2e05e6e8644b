/**
 * `/check`: where somebody lands who scans the QR on a card that is shown to them. It looks once, shows name, photo and
 * validity, and says what that proves and what not. After two minutes it hides it again; nothing of it is kept in the browser.
 */
export { CheckPage } from './CheckPage.tsx'
