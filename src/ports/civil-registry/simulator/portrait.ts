import { type Dice, diceOf, hashOf } from './dice.ts'

/** Whom to draw. The same sitter gives the same face, down to the byte. */
export interface Sitter {
	/** Only thrown with; it does not stand in the drawing. */
	pid: string
	gender: 'male' | 'female'
	/** Whole years, when the picture was made. */
	age: number
	monk: boolean
}

interface Face extends Sitter {
	dice: Dice
	skin: string
	shade: string
	hair: string
	/** 0, 1 or 2. */
	style: number
	/** Half the head's width and height, and where its middle stands. */
	width: number
	height: number
	middle: number
}

const SKIN = [
	['#f3d3b3', '#dfb48f'],
	['#eac19a', '#d3a47b'],
	['#dcab80', '#c18f64'],
	['#c9946a', '#ad7a52'],
	['#b27d55', '#966542'],
] as const
const DARK_HAIR = ['#17130f', '#1f1a17', '#2a1f18', '#33261d'] as const
const GREY_HAIR = ['#8c8c8c', '#a9a9a7', '#c6c6c3', '#5d5b59'] as const
const CLOTHES = ['#f7f7f5', '#dbe7f3', '#c7d3df', '#33475b', '#5b3a4b', '#3f5d4c', '#e7d7c1', '#7a4b3a'] as const

const OLD = 58
const CHILD = 13

/**
 * A face as a card shows one: SVG, 160 × 200, drawn from dice, no script, nothing fetched. Faces differ in skin, hair,
 * glasses, clothes and age, so that a person can be told from another; they are nobody's.
 */
export function drawPortrait(sitter: Sitter): string {
	const dice = diceOf(hashOf(sitter.pid), 7)
	const [skin, shade] = dice.pick(SKIN)
	const child = sitter.age < CHILD
	const face: Face = {
		...sitter,
		dice,
		skin,
		shade,
		hair: dice.pick(sitter.age >= OLD ? GREY_HAIR : DARK_HAIR),
		style: dice.upTo(3),
		width: (child ? 35 : sitter.gender === 'male' ? 35 : 33) + dice.upTo(4),
		height: (child ? 38 : 43) + dice.upTo(5),
		middle: child ? 98 : 92,
	}
	const behind = hairBehind(face)
	const parts = [
		'<rect width="160" height="200" fill="#c9dcea"/>',
		behind,
		body(face),
		head(face),
		features(face),
		hairInFront(face),
		glasses(face),
	]
	return `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="200" viewBox="0 0 160 200" role="img">${parts.join('')}</svg>`
}

const path = (d: string, fill: string, more = ''): string => `<path d="${d}" fill="${fill}"${more}/>`
const line = (d: string, stroke: string, width: number): string =>
	path(d, 'none', ` stroke="${stroke}" stroke-width="${width}" stroke-linecap="round"`)
const ellipse = (x: number, y: number, rx: number, ry: number, fill: string): string =>
	`<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`

/** Shoulders and what is worn on them; a monk's robe leaves the right one free. */
function body({ dice, monk, skin, shade, gender, age, middle, height }: Face): string {
	const cloth = dice.pick(CLOTHES)
	const narrow = age < CHILD ? 14 : 0
	const chin = middle + height
	const shoulders = (fill: string) =>
		path(`M${14 + narrow} 200 Q${16 + narrow} 160 62 152 L98 152 Q${144 - narrow} 160 ${146 - narrow} 200Z`, fill)
	const neck = path(`M65 ${chin - 14} L65 154 Q80 170 95 154 L95 ${chin - 14}Z`, shade)
	if (monk) return shoulders(skin) + neck + path('M60 152 Q88 176 146 186 L146 200 L14 200 Q34 168 60 152Z', '#d9822b')
	const collar =
		gender === 'male'
			? path('M62 151 L80 172 L66 180 L54 154Z', '#ffffff') + path('M98 151 L80 172 L94 180 L106 154Z', '#f1f1ef')
			: path('M61 152 Q80 182 99 152 L106 155 Q80 196 54 155Z', '#fbfbf9')
	return shoulders(cloth) + neck + collar
}

function head({ skin, shade, width, height, middle, age }: Face): string {
	const ears = ellipse(80 - width, middle + 4, 6, 9, shade) + ellipse(80 + width, middle + 4, 6, 9, shade)
	const [left, right, top, chin] = [80 - width, 80 + width, middle - height, middle + height]
	const jaw = age < CHILD ? 0.86 : 0.7
	const skull = path(
		`M${left} ${middle} C${left} ${top} ${right} ${top} ${right} ${middle} C${right} ${middle + height * 0.62} ${80 + width * jaw * 0.72} ${chin} 80 ${chin} C${80 - width * jaw * 0.72} ${chin} ${left} ${middle + height * 0.62} ${left} ${middle}Z`,
		skin,
	)
	return ears + skull
}

function features({ dice, shade, hair, width, middle, age, gender }: Face): string {
	const eyes = middle + 2 + dice.upTo(3)
	const apart = width * 0.44 + dice.upTo(2)
	const brow = age < CHILD ? 1.8 : gender === 'male' ? 3 : 2
	const lift = 9 + dice.upTo(3)
	const smile = 3 + dice.upTo(5)
	const mouth = middle + 24 + dice.upTo(3)
	const lips = gender === 'female' && age >= CHILD ? '#b4534f' : '#9a5a4a'
	const eye = (x: number) =>
		ellipse(x, eyes, 5.4, 3.6, '#fdfdfb') +
		ellipse(x, eyes, 3, 3.3, '#20150f') +
		ellipse(x + 1, eyes - 1.2, 0.9, 0.9, '#ffffff')
	const eyebrow = (x: number) =>
		line(`M${x - 7} ${eyes - lift + 1} Q${x} ${eyes - lift - 3} ${x + 7} ${eyes - lift + 1}`, hair, brow)
	const nose = line(
		`M80 ${eyes + 4} Q${77 - dice.upTo(2)} ${eyes + 13} 77 ${eyes + 15} Q80 ${eyes + 18} 84 ${eyes + 15}`,
		shade,
		2,
	)
	const wrinkles =
		age >= OLD
			? line(`M${80 - apart - 3} ${eyes + 8} q4 3 8 1`, shade, 1.2) +
				line(`M${80 + apart - 5} ${eyes + 9} q4 2 8 -1`, shade, 1.2) +
				line(`M64 ${mouth - 9} q-4 6 -1 12`, shade, 1.4) +
				line(`M96 ${mouth - 9} q4 6 1 12`, shade, 1.4)
			: ''
	return (
		eye(80 - apart) +
		eye(80 + apart) +
		eyebrow(80 - apart) +
		eyebrow(80 + apart) +
		nose +
		wrinkles +
		line(`M69 ${mouth} Q80 ${mouth + smile} 91 ${mouth}`, lips, 3)
	)
}

/** What the head covers: the cap under short hair, and long hair, which falls behind the shoulders' line. */
function hairBehind({ style, gender, monk, age, hair, width, middle, height }: Face): string {
	if (monk) return ''
	if (gender === 'male') {
		if (age >= OLD && style === 0) return ''
		const [left, right, top] = [80 - width - 2, 80 + width + 2, middle - height - 5]
		return path(`M${left} ${middle} C${left - 2} ${top - 8} ${right + 2} ${top - 8} ${right} ${middle}Z`, hair)
	}
	const [left, right, top] = [80 - width - 7, 80 + width + 7, middle - height - 6]
	const down = age >= OLD ? middle + 22 : style === 0 ? 172 : style === 1 ? middle + 40 : middle + 10
	const bun = style === 2 ? ellipse(80, top + 4, 14, 12, hair) : ''
	return (
		bun +
		path(
			`M${left} ${down} L${left} ${middle} C${left} ${top - 6} ${right} ${top - 6} ${right} ${middle} L${right} ${down}Z`,
			hair,
		)
	)
}

function hairInFront({ style, gender, monk, age, hair, width, middle, height }: Face): string {
	const [left, right, top] = [80 - width - 2, 80 + width + 2, middle - height - 5]
	const bald = gender === 'male' && age >= OLD && style === 0
	if (monk) return ''
	if (bald)
		return (
			path(`M${left + 1} ${middle + 2} q-3 -14 5 -22 q-1 12 1 22Z`, hair) +
			path(`M${right - 1} ${middle + 2} q3 -14 -5 -22 q1 12 -1 22Z`, hair)
		)
	const crown = `M${left} ${middle - 4} C${left - 3} ${top - 8} ${right + 3} ${top - 8} ${right} ${middle - 4}`
	const fringe = [
		`C${right - 4} ${middle - 26} ${80 + 16} ${middle - 22} 88 ${middle - 27} C70 ${middle - 20} ${left + 6} ${middle - 24} ${left} ${middle - 4}Z`,
		`C${right - 5} ${middle - 30} ${80 + 14} ${middle - 30} 62 ${middle - 30} C${left + 8} ${middle - 28} ${left + 4} ${middle - 20} ${left} ${middle - 4}Z`,
		`C${right - 3} ${middle - 24} ${80 + 22} ${middle - 19} 80 ${middle - 19} C${80 - 22} ${middle - 19} ${left + 3} ${middle - 24} ${left} ${middle - 4}Z`,
	]
	return path(`${crown} ${fringe[style]}`, hair)
}

function glasses({ dice, age, width, middle }: Face): string {
	const wears = dice.happens(age >= OLD ? 0.45 : age < CHILD ? 0.06 : 0.18)
	if (!wears) return ''
	const apart = width * 0.46
	const lens = (x: number) =>
		`<circle cx="${x}" cy="${middle + 3}" r="10" fill="none" stroke="#3b3b3b" stroke-width="1.8"/>`
	return (
		lens(80 - apart) +
		lens(80 + apart) +
		line(`M${80 - apart + 10} ${middle + 2} Q80 ${middle - 1} ${80 + apart - 10} ${middle + 2}`, '#3b3b3b', 1.8)
	)
}
