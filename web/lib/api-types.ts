import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../../src/trpc.ts'

/** What the server answers, under short names. All of it follows from the router's own type. */
export type { AppRouter }

type Answers = inferRouterOutputs<AppRouter>

export type BilingualText = { th: string; en: string }
export type OfficeCase = Answers['office']['lookUp']
export type LostDeviceCase = Answers['office']['lookUpLost']
export type Invitation = Answers['office']['invitation']
export type Officer = NonNullable<Answers['office']['me']>
export type OpenedEnrolment = Answers['enrol']['open']
export type FinishedEnrolment = Answers['enrol']['finish']
export type SignInPage = Answers['signIn']['page']
export type Inspection = Answers['signIn']['inspect']
export type Decision = Answers['signIn']['decide']
/** The union of the server's branches widens to one list. */
export type Card = Omit<Answers['me']['card'], 'warnings'> & { warnings: readonly CardWarning[] }
export type ShownCard = Answers['me']['showCard']
export type CheckedCard = Answers['check']['card']
export type Notice = Answers['notices']['list'][number]
export type CardWarning = Inspection['warnings'][number]
export type PinWrong = Extract<Decision, { outcome: 'pin_wrong' }>

/** WebAuthn's options, as JSON carried them; `lib/passkey.ts` hands them to the browser. */
export type CreationOptions = Answers['enrol']['options']['options']
export type RequestOptions = Answers['me']['unlockOptions']['options']
