import type { Db } from '../../../db/client.ts'
import type { RegistrySimulator } from '../../../src/ports/civil-registry/index.ts'

/**
 * Who acts in the stories. A story is told once, in the words of the people; a cast plays it. Three casts: over HTTP in
 * process, over HTTP in workerd with D1, and in Chromium with a desktop's and a phone's window. What a person would see
 * comes back as plain values; what is refused comes back as its code.
 */
export interface Cast {
	/** A registration office's officer, who has joined by a one-time link and is signed in. */
	officer(): Promise<Officer>
	/** Somebody's phone, fresh from the shop. */
	phone(): Promise<Phone>
	/** A computer with a browser, at the sample agency's website. */
	desktop(): Promise<Desktop>
	/** The civil registry behind the scenes: people move, marry, lose cards; the registry goes down. */
	registry: RegistrySimulator
	/** For a look behind the counter. */
	db: Db
	close(): Promise<void>
}

export interface Officer {
	/** Types the number from the card. @returns the name on the screen, or the code of the refusal */
	looksUp(pid: string): Promise<{ name: string } | { refused: string }>
	/** Compares the face, and gives out the link that the QR holds. */
	confirmsTheFace(): Promise<string>
	/** What the screen shows of the citizen's progress, once it has come that far. */
	sees(state: 'link_issued' | 'opened' | 'done' | 'ended' | 'cancelled'): Promise<boolean>
	cancels(): Promise<void>
}

export interface Phone extends CardActs {
	/** Scans the officer's QR. @returns the masked name that the citizen is asked about, or the code of the refusal */
	opens(link: string): Promise<{ maskedName: string } | { refused: string }>
	/** Types it twice. @returns null, or why it is not taken */
	choosesPin(pin: string): Promise<string | null>
	/** Makes the passkey on the device. @returns the whole name on the screen at the end */
	makesThePasskey(): Promise<{ name: string }>
	/** Scans what the desktop shows. */
	scans(frame: string): Promise<Request | { refused: string }>
	/** Picks the number, types the PIN, confirms. */
	confirms(choice: { number: number; pin: string }): Promise<Answer>
	declines(): Promise<void>
	/** Unlocks the card and reads the inbox: the kinds of notices, newest first. */
	inbox(pin: string): Promise<string[]>
	/** Signs in at the sample agency in the phone's own browser. @returns what the agency shows */
	signsInHere(scopes: string[], pin: string): Promise<AgencyPage>
}

/** What one does with the card on the phone. */
export interface CardActs {
	/** Unlocks the card and holds it out to somebody. @returns the link that the QR holds */
	showsCard(pin: string): Promise<string>
	/** Whether the screen says that somebody has looked. */
	hearsOfTheCheck(): Promise<boolean>
	/** Scans what somebody else holds out. @returns what the page tells, or the code of the refusal */
	checksCard(link: string): Promise<{ name: string; photo: boolean; validity: string } | { refused: string }>
	/** Opens the card where there is no network. Only a browser can. */
	readsCardOffline?(): Promise<OfflineCard>
}

export interface OfflineCard {
	name: string
	/** The citizen number, as far as it is shown. */
	number: string
}

/** Who asks for what, as the phone shows it. */
export interface Request {
	agency: string
	domain: string
	items: Record<string, string>
	numbers: number[]
}

export type Answer = 'approved' | { wrongPin: number } | { refused: string }

export interface Desktop {
	/** Chooses what the agency shall ask for, and goes to sign in. */
	goesToSignIn(scopes: string[]): Promise<void>
	/** The picture that the QR holds now. */
	showsQr(): Promise<string>
	/** The two-digit number, after the scan. */
	showsNumber(): Promise<number>
	/** The waiting page goes on by itself. @returns what the agency shows */
	arrives(): Promise<AgencyPage>
	/** The waiting page says that it is over. @returns the code */
	isOver(): Promise<string>
}

/** What the sample agency knows afterwards: claims by name, or the protocol's error. */
export interface AgencyPage {
	claims: Record<string, string>
	error: string | null
}
