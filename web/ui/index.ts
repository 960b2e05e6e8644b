/**
 * The design system: what pages are built of. It knows words and colours and fetches nothing.
 *
 * `Layout` is the frame of every page and `ScreenHead` the head of every screen in it; `Stack`, `Card`, `Steps` and
 * `DataList` hold content; `Button`, `Field`, `PinInput` and `Check` take input; `Alert`, `FailureAlert` and
 * `FailureScreen` say what is the matter and what to do; `QrCode` and `Countdown` show what passes. Everything is a
 * native element with a label; one `primary` button a screen; nothing is smaller than 44 pixels to the finger.
 * The looks stand in `styles/`, as custom properties and layers, light and dark.
 */
export { Alert, Busy, BusyScreen, FailureAlert, FailureScreen, type Told } from './Alert.tsx'
export { Actions, Button, LinkButton } from './Button.tsx'
export { Card, DataList, Datum, Steps } from './Card.tsx'
export { Countdown, createNow, durationWords } from './Countdown.tsx'
export { Dialog } from './Dialog.tsx'
export { Check, Field, Problem } from './Field.tsx'
export { Emblem, Icon, type IconName } from './Icon.tsx'
export { isDemo, Layout, ScreenHead, Stack } from './Layout.tsx'
export { PinInput, pinDigits } from './PinInput.tsx'
export { QrCode } from './QrCode.tsx'
export { SecretPid } from './SecretPid.tsx'
