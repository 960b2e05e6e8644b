/**
 * The twelve agencies that had finished connecting to the DOPA Digital ID, in the order in which its slides name them.
 * Their names are real; purposes, scopes and hosts are made up (`clients.ts` says why).
 */

/** The thirteen scopes of the DOPA Digital ID, in the order of its slides. */
export const allScopes = [
	'openid',
	'pid',
	'name',
	'name_en',
	'birthdate',
	'address',
	'given_name',
	'middle_name',
	'family_name',
	'given_name_en',
	'middle_name_en',
	'family_name_en',
	'gender',
] as const

/** What agencies ask ThaID for, which came to the thirteen later. */
export const thaidScopes = [
	...allScopes,
	'title',
	'title_en',
	'ial',
	'smartcard_code',
	'date_of_issuance',
	'date_of_expiry',
] as const

type Scope = (typeof allScopes)[number]

export interface Agency {
	id: string
	name: { th: string; en: string }
	host: string
	purpose: { th: string; en: string }
	/** Beside `openid`. */
	scopes: Exclude<Scope, 'openid'>[]
	/** Differs from the common case below. */
	but?: { silent?: boolean; birthdateFormat?: 'iso'; redirectUris?: string; sector?: string }
}

/** Thai names as the slides write them, abbreviations included. */
export const agencies: Agency[] = [
	{
		id: 'dga-portal',
		name: { th: 'สำนักงานพัฒนารัฐบาลดิจิทัล (สพร.)', en: 'Digital Government Development Agency (DGA)' },
		host: 'portal.dga.example',
		purpose: {
			th: 'เข้าสู่ระบบพอร์ทัลกลางบริการภาครัฐ และแสดงบริการที่เป็นสิทธิของท่าน',
			en: 'Sign in to the central portal of government services and see those you are entitled to',
		},
		scopes: ['pid', 'name', 'birthdate'],
	},
	{
		id: 'etda-learning',
		name: {
			th: 'สำนักงานพัฒนาธุรกรรมทางอิเล็กทรอนิกส์ (สพธอ.)',
			en: 'Electronic Transactions Development Agency (ETDA)',
		},
		host: 'learning.etda.example',
		purpose: {
			th: 'ลงทะเบียนอบรมและออกใบประกาศนียบัตรในชื่อของท่าน',
			en: 'Enrol in training and have certificates issued in your name',
		},
		scopes: ['name', 'name_en'],
	},
	{
		id: 'gbdi-health-link',
		name: {
			th: 'สถาบันส่งเสริมการวิเคราะห์และบริหารข้อมูลขนาดใหญ่ภาครัฐ (สวข. / GDBi)',
			en: 'Government Big Data Institute',
		},
		host: 'healthlink.example',
		purpose: {
			th: 'ให้ความยินยอมเชื่อมโยงประวัติสุขภาพของท่านระหว่างโรงพยาบาล',
			en: 'Consent to linking your health records between hospitals',
		},
		scopes: ['pid', 'name', 'birthdate', 'gender'],
		but: { silent: false },
	},
	{
		id: 'parliament-petition',
		name: {
			th: 'สำนักงานเลขาธิการสภาผู้แทนราษฎร',
			en: 'The Secretariat of the House of Representatives',
		},
		host: 'petition.parliament.example',
		purpose: {
			th: 'เข้าชื่อเสนอกฎหมายและแสดงความคิดเห็นต่อร่างพระราชบัญญัติ',
			en: 'Sign a proposal of law and comment on bills',
		},
		scopes: ['pid', 'name'],
		but: { silent: false },
	},
	{
		id: 'dcy-child-grant',
		name: { th: 'กรมกิจการเด็กและเยาวชน', en: 'Department of Children and Youth' },
		host: 'childgrant.dcy.example',
		purpose: {
			th: 'ลงทะเบียนและติดตามเงินอุดหนุนเพื่อการเลี้ยงดูเด็กแรกเกิด',
			en: 'Apply for the child support grant and follow its payments',
		},
		scopes: ['pid', 'name', 'birthdate', 'address'],
	},
	{
		id: 'dip-efiling',
		name: { th: 'กรมทรัพย์สินทางปัญญา', en: 'Department of Intellectual Property' },
		host: 'efiling.dip.example',
		purpose: {
			th: 'ยื่นคำขอจดทะเบียนสิทธิบัตรและเครื่องหมายการค้าในฐานะผู้ขอ',
			en: 'File applications for patents and trade marks as the applicant',
		},
		scopes: ['pid', 'name', 'name_en', 'address'],
	},
	{
		id: 'dla-local-services',
		name: { th: 'กรมส่งเสริมการปกครองท้องถิ่น', en: 'Department of Local Administration' },
		host: 'services.dla.example',
		purpose: {
			th: 'ลงทะเบียนรับเบี้ยยังชีพและบริการขององค์กรปกครองส่วนท้องถิ่นที่ท่านมีภูมิลำเนา',
			en: 'Apply for allowances and services of the local government where you live',
		},
		scopes: ['pid', 'name', 'birthdate', 'address'],
	},
	{
		id: 'tpqi-certificates',
		name: {
			th: 'สถาบันคุณวุฒิวิชาชีพ (องค์การมหาชน) (สคช.)',
			en: 'Thailand Professional Qualification Institute (Public Organization)',
		},
		host: 'certificates.tpqi.example',
		purpose: {
			th: 'ขอรับและแสดงหนังสือรับรองคุณวุฒิวิชาชีพ',
			en: 'Obtain and show certificates of professional qualification',
		},
		scopes: ['pid', 'name', 'name_en'],
	},
	{
		id: 'rd-efiling',
		name: { th: 'กรมสรรพากร', en: 'The Revenue Department' },
		host: 'efiling.rd.example',
		purpose: {
			th: 'ยื่นแบบแสดงรายการภาษีเงินได้และตรวจสอบการคืนภาษี',
			en: 'File your income tax return and follow a refund',
		},
		scopes: ['pid', 'name', 'address'],
		but: { silent: false },
	},
	{
		id: 'cgd-pensions',
		name: { th: 'กรมบัญชีกลาง', en: "The Comptroller General's Department" },
		host: 'pensions.cgd.example',
		purpose: {
			th: 'ตรวจสอบเงินเดือน บำเหน็จบำนาญ และสวัสดิการรักษาพยาบาล',
			en: 'See your salary, pension and medical benefits',
		},
		scopes: ['pid', 'given_name', 'family_name'],
		but: { silent: false },
	},
	{
		id: 'ocsc-examinations',
		name: { th: 'สำนักงาน ก.พ.', en: 'Office of the Civil Service Commission (OCSC)' },
		host: 'seis.ocsc.example',
		purpose: {
			th: 'สมัครสอบเพื่อวัดความรู้ความสามารถทั่วไปและดูผลสอบ',
			en: 'Apply for the civil service examination and see your result',
		},
		scopes: ['pid', 'name', 'birthdate'],
	},
	{
		id: 'mfu-admissions',
		name: { th: 'มหาวิทยาลัยแม่ฟ้าหลวง', en: 'Mae Fah Luang University' },
		host: 'admissions.mfu.example',
		purpose: {
			th: 'สมัครเข้าศึกษาและขึ้นทะเบียนนักศึกษา',
			en: 'Apply for admission and register as a student',
		},
		scopes: ['given_name', 'family_name', 'given_name_en', 'family_name_en', 'birthdate', 'gender'],
		but: { birthdateFormat: 'iso' },
	},
]
