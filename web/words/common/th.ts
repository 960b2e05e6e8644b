export const th = {
	product: 'DOPA Digital ID',
	productLine: 'ระบบพิสูจน์และยืนยันตัวตนทางดิจิทัล',
	toHome: 'ไปหน้าแรก',
	skip: 'ข้ามไปยังเนื้อหา',
	otherLanguage: 'English',
	demo: 'ระบบสาธิต ไม่มีข้อมูลบุคคลจริง',
	footSource: 'ระบบโอเพนซอร์ส เผยแพร่ด้วยสัญญาอนุญาต Apache-2.0',
	footDemo: 'ในโหมดสาธิต ข้อมูลทั้งหมดเป็นข้อมูลสังเคราะห์ ไม่ใช่บุคคลจริง',
	wait: 'กรุณารอสักครู่',
	tryAgain: 'ลองอีกครั้ง',
	whatNext: 'สิ่งที่ทำได้',
	close: 'ปิด',
	show: 'แสดง',
	hide: 'ซ่อน',
	copy: 'คัดลอก',
	copied: 'คัดลอกแล้ว',
	yes: 'มี',
	none: 'ไม่มี',
	pinLabel: 'รหัสผ่าน 8 หลัก',
	pinFilled: (count: number) => `ใส่แล้ว ${count} จาก 8 หลัก`,
	pinShow: 'แสดงรหัสผ่าน',
	pinHide: 'ซ่อนรหัสผ่าน',
	pinShort: 'ใส่รหัสผ่านให้ครบ 8 หลัก',
	pinWrong: (left: number) => (left > 0 ? `รหัสผ่านไม่ถูกต้อง ใส่ได้อีก ${left} ครั้ง` : 'รหัสผ่านไม่ถูกต้อง'),
	pinWaitFor: (time: string) => `เพื่อความปลอดภัย ใส่รหัสผ่านได้อีกครั้งใน ${time}`,
	keyWaiting: 'รอท่านยืนยันที่เครื่องนี้',
	minutes: (count: number) => `${count} นาที`,
	seconds: (count: number) => `${count} วินาที`,
	timeLeft: (time: string) => `เหลือเวลา ${time}`,
	timeOver: 'หมดเวลา',
	portraitOf: (name: string) => `ภาพใบหน้าของ ${name}`,
	male: 'ชาย',
	female: 'หญิง',
	lifelong: 'ตลอดชีพ',
	pid: 'เลขประจำตัวประชาชน',
	name: 'ชื่อและนามสกุล',
	birthdate: 'วันเกิด',
	gender: 'เพศ',
	address: 'ที่อยู่',
	cardNumber: 'เลขหมายบัตร',
	issuedOn: 'วันออกบัตร',
	expiresOn: 'วันบัตรหมดอายุ',
	pidShow: 'แสดงเลขประจำตัวประชาชน',
	pidHide: 'ซ่อนเลขประจำตัวประชาชน',
	warnings: {
		card_expires_soon: (days: number | undefined) =>
			days === undefined
				? 'บัตรประจำตัวประชาชนของท่านใกล้หมดอายุ กรุณาทำบัตรใหม่ที่สำนักทะเบียน'
				: `บัตรประจำตัวประชาชนของท่านจะหมดอายุใน ${days} วัน กรุณาทำบัตรใหม่ที่สำนักทะเบียน`,
		card_expired_grace: (days: number | undefined) =>
			days === undefined
				? 'บัตรประจำตัวประชาชนของท่านหมดอายุแล้ว ใช้ดิจิทัลไอดีได้ถึง 60 วันหลังวันหมดอายุ กรุณาทำบัตรใหม่'
				: `บัตรประจำตัวประชาชนของท่านหมดอายุแล้ว ดิจิทัลไอดียังใช้ได้อีก ${days} วัน กรุณาทำบัตรใหม่ก่อนถูกระงับการใช้งาน`,
		card_address_changed: (_days: number | undefined) =>
			'ที่อยู่ของท่านเปลี่ยนไปจากหน้าบัตร ดิจิทัลไอดียังใช้ได้ตามปกติ กรุณาทำบัตรใหม่ที่สำนักทะเบียน',
	},
}

export type CommonWords = typeof th
