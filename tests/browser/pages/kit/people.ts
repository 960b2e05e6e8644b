import { base64url } from '../../../../src/lib/bytes.ts'

/** What the canned answers are made of: one invented citizen, one invented agency, and the clock of the machine. */
export const soon = (minutes: number): number => Date.now() + minutes * 60_000

export const agency = {
	name: { th: 'กรมบริการตัวอย่าง', en: 'Department of Sample Services' },
	domain: 'services.example.go.th',
}

export const office = { th: 'สำนักทะเบียนอำเภอลำลูกกา', en: 'Lam Luk Ka District Registration Office', code: '1306' }

const FACE =
	'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 100"><rect width="80" height="100" fill="#cfdbe6"/><circle cx="40" cy="38" r="19" fill="#8fa3b5"/><path d="M8 100c2-28 16-38 32-38s30 10 32 38z" fill="#6c8296"/></svg>'
export const portrait = `data:image/svg+xml;base64,${btoa(FACE)}`

export const person = {
	pid: '1-9800-00000-02-7',
	name: { th: 'นางสาวสมหญิง ใจตรง', en: 'Miss Somying Jaitrong' },
	birthdate: { year: 1995, month: 9, day: 12 },
	gender: 'female' as const,
	address: '99/1 หมู่ที่ 4 ตำบลคูคต อำเภอลำลูกกา จังหวัดปทุมธานี',
	cardNumber: '98000205121234',
	cardIssuedOn: { year: 2023, month: 5, day: 4 },
	cardExpiresOn: { year: 2032, month: 9, day: 11 },
	lifelong: false,
	portrait,
}

export const challenge = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

export const requestOptions = () => ({
	challenge: challenge(),
	rpId: 'localhost',
	userVerification: 'required',
	allowCredentials: [],
	timeout: 60_000,
})

export const creationOptions = () => ({
	challenge: challenge(),
	rp: { id: 'localhost', name: 'DOPA Digital ID' },
	user: { id: challenge(), name: 'D.DOPA', displayName: 'D.DOPA' },
	pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
	authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
	attestation: 'none',
	timeout: 60_000,
})

export const inspection = (path: 'qr' | 'this-device', changes: object = {}) => ({
	id: 'sin_AAAAAAAAAAAAAAAAAAAAAA',
	path,
	client: agency,
	purpose: { th: 'ยื่นคำขอรับบริการและติดตามสถานะ', en: 'Applying for services and following their status' },
	items: [
		{ scope: 'pid', value: '1-9800-00000-02-7' },
		{ scope: 'name', value: 'สมหญิง ใจตรง' },
		{ scope: 'middle_name_en', value: null },
		{ scope: 'birthdate', value: '25380912' },
		{ scope: 'address', value: person.address },
		{ scope: 'gender', value: 'female' },
	],
	details: [] as object[],
	assurance: { acr: 'urn:example:qr', ial: '2.1' },
	askedFrom:
		path === 'qr'
			? {
					place: 'กรุงเทพมหานคร',
					network: '203.0.113.0/24',
					browser: 'Firefox 145',
					os: 'Windows',
					kind: 'desktop',
					at: Date.now() - 40_000,
				}
			: null,
	numbers: path === 'qr' ? [17, 42, 86] : null,
	warnings: [],
	decideBy: soon(4.8),
	options: requestOptions(),
	...changes,
})

/** Leave that is asked for beside data: the longest that there may be in one line. */
export const details = [
	{
		title: { th: 'อนุมัติให้ลงลายมือชื่อในเอกสาร', en: 'Approve the signing of a document' },
		lines: [
			{ name: { th: 'เอกสาร', en: 'Document' }, value: { th: 'LAND-2569-0012.pdf', en: 'LAND-2569-0012.pdf' } },
			{
				name: { th: 'ลายนิ้วมือของเอกสาร', en: 'Fingerprint' },
				value: { th: `sha-512 ${'A1b2'.repeat(21)}`, en: `sha-512 ${'A1b2'.repeat(21)}` },
			},
		],
	},
]

export const waitingPage = (changes: object = {}) => ({
	state: 'pending',
	endReason: null,
	client: agency,
	knownDevice: false,
	qrAllowed: true,
	expiresAt: soon(10),
	number: null,
	...changes,
})

export const officeCase = (state: string, changes: object = {}) => ({
	caseId: 'cas_AAAAAAAAAAAAAAAAAAAAAA',
	state,
	endReason: null,
	expiresAt: soon(9.5),
	doneAt: state === 'done' ? Date.now() : null,
	subject: ['done', 'cancelled', 'ended'].includes(state)
		? null
		: { ...person, warnings: [], hasDigitalId: false, ...(changes as { subject?: object }).subject },
	...Object.fromEntries(Object.entries(changes).filter(([name]) => name !== 'subject')),
})

export const card = (changes: object = {}) => ({
	...person,
	status: 'active',
	statusReason: null,
	warnings: [],
	ial: '2.1',
	tier: 'device-bound',
	asOf: Date.now() - 60_000,
	copy: { credentialId: 'AAAAAAAAAAAAAAAAAAAAAA', keptFor: 72 * 3_600_000 },
	...changes,
})
