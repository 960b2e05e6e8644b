/** Common given and family names, as pairs of scripts. Whoever bears a pair of them in life is not meant. */
const read = (list: string): readonly (readonly [string, string])[] =>
	list
		.trim()
		.split(/\s*,\s*/)
		.map((pair) => {
			const [th = '', en = ''] = pair.split(' ')
			return [th, en] as const
		})

export const maleNames = read(
	'สมชาย Somchai, วิชัย Wichai, ธนากร Thanakorn, กิตติพงษ์ Kittiphong, ณัฐวุฒิ Natthawut, ประเสริฐ Prasert, อนันต์ Anan, สุรชัย Surachai, ณรงค์ Narong, วัฒนา Wattana, นาวิน Nawin, เฉลิม Chalerm, ภูวดล Phuwadon, สมพร Somphon, บุญมี Boonmee, ชาญชัย Chanchai, สมศักดิ์ Somsak, ประยุทธ Prayut, อภิชาติ Aphichat, จักรพันธ์ Chakkraphan, ธีรพงศ์ Thiraphong, ปิยะ Piya, พงศกร Phongsakorn, มานพ Manop, ยงยุทธ Yongyut, รณชัย Ronnachai, วรวิทย์ Worawit, ศักดิ์ชัย Sakchai, สุชาติ Suchat, สุทธิพงษ์ Sutthiphong, อดิศักดิ์ Adisak, อรรถพล Atthaphon, เอกชัย Ekkachai, กฤษณะ Kritsana, คมสันต์ Khomsan, จิรายุ Chirayu, ชัยวัฒน์ Chaiwat, ณัฐพล Natthaphon, ดนัย Danai, ทวีศักดิ์ Thawisak, ธวัชชัย Thawatchai, นพดล Nopphadon, นิพนธ์ Niphon, บัณฑิต Bandit, ปรีชา Pricha, พิเชษฐ์ Phichet, ภาณุพงศ์ Phanuphong, มงคล Mongkhon, ราเชนทร์ Rachen, วีรยุทธ Wirayut',
)

export const femaleNames = read(
	'สมหญิง Somying, สุภาพร Supaporn, กนกวรรณ Kanokwan, ณัฐธิดา Natthida, พิมพ์ชนก Pimchanok, มาลี Malee, สายฝน Saifon, วนิดา Wanida, ปราณี Pranee, ดวงใจ Duangjai, จันทรา Chanthra, ฟ้า Fah, กมลชนก Kamonchanok, กัญญา Kanya, เกศินี Kesinee, ขวัญใจ Khwanjai, จิราพร Chiraporn, จุฑามาศ Chuthamat, ชลธิชา Chonthicha, ชุติมา Chutima, ดารุณี Darunee, ทิพวรรณ Thippawan, ธิดารัตน์ Thidarat, นงลักษณ์ Nonglak, นภัสสร Naphatsorn, นิภา Nipha, บุษบา Butsaba, เบญจมาศ Benchamat, ปนัดดา Panatda, ประภา Prapha, พรทิพย์ Phornthip, พัชรี Phatcharee, เพ็ญศรี Phensee, ภาวิณี Phawinee, มณีรัตน์ Maneerat, มยุรี Mayuree, รัตนา Rattana, รุ่งนภา Rungnapha, ลลิตา Lalita, วราภรณ์ Waraporn, วิไล Wilai, ศิริพร Siriporn, สุนิสา Sunisa, สุดารัตน์ Sudarat, สุกัญญา Sukanya, อรุณี Arunee, อรทัย Orathai, อัญชลี Anchalee, อาภรณ์ Aporn, อุบล Ubon',
)

export const familyNames = read(
	'ใจดี Jaidee, แสงทอง Saengthong, วงศ์สุวรรณ Wongsuwan, ศรีสุข Srisuk, บุญมา Boonma, แก้วมณี Kaewmanee, ทองดี Thongdee, จันทร์เพ็ญ Chanpen, มั่นคง Mankhong, พูนทรัพย์ Poonsap, สายชล Saichon, นาคทอง Nakthong, รักไทย Rakthai, สุขเกษม Sukkasem, กล้าหาญ Klahan, รุ่งเรือง Rungrueang, ภูผา Phupha, มีสุข Meesuk, คงเจริญ Khongcharoen, งามสง่า Ngamsanga, เจริญผล Charoenphon, ชูใจ Choojai, ดวงแก้ว Duangkaew, ตั้งใจ Tangjai, ทวีผล Thaweephon, ธรรมดี Thammadee, นิลวงศ์ Ninlawong, บัวทอง Buathong, ปานทอง Panthong, ผลดี Pholdee, พงษ์พันธุ์ Phongphan, พรหมมา Phromma, เพชรดี Phetdee, ไพศาล Phaisan, มงคลชัย Mongkhonchai, ยอดแก้ว Yotkaew, รัตนกุล Rattanakun, ลาภผล Lapphon, วงษ์ทอง Wongthong, วิเศษ Wiset, ศรีทอง Srithong, ศรีวงศ์ Sriwong, สมบูรณ์ Somboon, สว่างวงศ์ Sawangwong, สิงห์ทอง Singthong, สุขสวัสดิ์ Suksawat, สุวรรณศรี Suwannasri, แสนสุข Saensuk, หอมจันทร์ Homchan, อินทร์แก้ว Inkaew, อ่อนละมัย Onlamai, อุ่นเรือน Unruean, คำแก้ว Khamkaew, คำดี Khamdee, ไชยวงศ์ Chaiwong, แดงดี Daengdee, บุญเรือง Boonrueang, ปัญญาดี Panyadee, พลอยงาม Phloingam, ขันทอง Khanthong',
)

export const middleNames = read('มาลี Malee, กมล Kamon, แก้ว Kaew, ทิพย์ Thip, รัตน์ Rat, จันทร์ Chan, สิริ Siri, อรุณ Arun')

/** Names of roads and lanes that many towns have. */
export const roads = ['ประชาอุทิศ', 'สุขสวัสดิ์', 'เทศบาล 1', 'ราษฎร์บำรุง', 'ประชาราษฎร์', 'รอบเมือง', 'สันติสุข'] as const
export const alleys = ['ร่มเย็น', 'พัฒนา 3', 'สามัคคี', 'อยู่เจริญ 2', 'วัดใหม่', 'ทรัพย์เจริญ 5', 'สหกรณ์'] as const
