import { type CompleteDate, toStoredDate } from '../../../lib/thai/dates.ts'
import type { CardCheck, CardStatus, ChipQuery, LaserQuery, PersonStatus } from '../port.ts'

/** What the card-status service knows of one card of a person. */
export interface CheckedCard {
	number: string
	laserCode: string | null
	chipNumber: string | null
	status: CardStatus
	/** `YYYY-MM-DD`; null = lifelong. */
	expiresOn: string | null
	latest: boolean
	printedName: { givenTh: string; familyTh: string }
	holder: { status: PersonStatus; birthdate: string }
}

const NORMAL: CardCheck = { code: 0, text: 'สถานะปกติ' }
const ABNORMAL: CardCheck = { code: 1, text: 'Chip No สถานะไม่ปกติ' }
/** One text for whatever does not match, so that nobody can find a number's other data field by field. */
const NO_MATCH: CardCheck = { code: 4, text: 'สถานะไม่ปกติ => ไม่พบข้อมูลที่ตรงกัน' }
const INCOMPLETE: CardCheck = { code: 5, text: 'ข้อมูลไม่ครบถ้วน' }
const ended = (reason: string): CardCheck => ({ code: 2, text: `บัตรสิ้นสภาพการใช้งาน เนื่องจากกรณี ${reason}` })

const ENDED_BY_STATUS: Partial<Record<CardStatus, string>> = {
	name_changed: 'เปลี่ยนชื่อตัว-ชื่อสกุล',
	address_changed: 'ย้ายที่อยู่',
	lost: 'บัตรหาย',
	damaged: 'บัตรชำรุด',
	cancelled: 'ยกเลิกบัตร',
}

const ENDED_BY_HOLDER: Partial<Record<PersonStatus, string>> = {
	dead: 'เสียชีวิต',
	missing: 'เป็นบุคคลสาบสูญ',
	removed: 'จำหน่ายชื่อออกจากทะเบียนบ้าน',
}

const tidy = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ')

/** CheckCardByLaser over the cards of the number that was asked for; none: no such number, or never a card. */
export function checkByLaser(cards: readonly CheckedCard[], query: LaserQuery, today: CompleteDate): CardCheck {
	const typed = [query.givenName, query.familyName, query.laserCode].map(tidy)
	if (typed.some((part) => part === '')) return INCOMPLETE
	const [givenName, familyName, laserCode] = typed
	const card = cards.find((one) => one.laserCode !== null && one.laserCode === laserCode)
	if (
		!card ||
		tidy(card.printedName.givenTh) !== givenName ||
		tidy(card.printedName.familyTh) !== familyName ||
		card.holder.birthdate !== toStoredDate(query.birthdate)
	)
		return NO_MATCH
	return judge(card, today)
}

/** CheckCardByCID: the chip's number and the number under the photo must belong to one card of this person. */
export function checkByChip(cards: readonly CheckedCard[], query: ChipQuery, today: CompleteDate): CardCheck {
	const [chipNumber, cardNumber] = [query.chipNumber, query.cardNumber].map(tidy)
	if (chipNumber === '' || cardNumber === '') return INCOMPLETE
	const card = cards.find((one) => one.number === cardNumber && one.chipNumber !== null)
	return card && card.chipNumber === chipNumber ? judge(card, today) : NO_MATCH
}

/** The holder's reasons first, then the card's own, then the calendar's. */
function judge(card: CheckedCard, today: CompleteDate): CardCheck {
	const byHolder = ENDED_BY_HOLDER[card.holder.status]
	if (byHolder) return ended(byHolder)
	if (!card.latest) return ended('ออกบัตรใหม่แล้ว')
	if (card.status === 'abnormal') return ABNORMAL
	const byStatus = ENDED_BY_STATUS[card.status]
	if (byStatus) return ended(byStatus)
	if (card.expiresOn !== null && card.expiresOn < toStoredDate(today)) return ended('บัตรหมดอายุ')
	return NORMAL
}
