import { evaluate, refusalFor, toSnapshot } from '../src/accounts/index.ts'
import { thaiDateAt } from '../src/lib/thai/dates.ts'
import { formatPid } from '../src/lib/thai/pid.ts'
import { namedPeople, type RegistryRecord } from '../src/ports/civil-registry/index.ts'
import { openSimulator } from '../src/ports/civil-registry/simulator/index.ts'

/**
 * `bun tools/test-people.ts` writes docs/test-people.md: the named people of the synthetic country, and what the rules
 * of the house say of each. A test fails while the page and the people, or the rules, differ.
 */
const PAGE = new URL('../docs/test-people.md', import.meta.url)

/** Any day would do: what is printed counts from it. */
const DAY = Date.UTC(2026, 7, 17, 5)

const HEAD = `# Test people

*Made from \`src/ports/civil-registry/named-people.ts\` by \`bun tools/test-people.ts\`; do not edit.*

The synthetic country that the embedded registry makes has a crowd, and these people, one for each kind of day. Their
citizen numbers stay for good: write them into your tests. All are invented. Digits 2–3 of every number are 98, a
province that does not exist, and laser codes begin with ZZ.

**Enrols** is what an office is told on looking the number up. **Signs in** is what happens to somebody who enrolled
while all was well and then came into this state; people who can never have enrolled show –. Codes are those of
\`src/lib/errors.ts\`.

| number | name | | what for | enrols | signs in |
|---|---|---|---|---|---|
`

const CARDS = `
## Their cards

What a person types from the card, for the checks of the card-status service. Expiry counts from the day on which the
country was made, and so does not fall on birthdays as real ones do; \`POST /control/restore\` on a served registry starts the days anew.

| | born | card number | laser code | expires |
|---|---|---|---|---|
`

const TAIL = `
## Changing the country

A simulator in process has \`edit(pid, change)\`, \`restoreNamedPeople()\` and \`faults\`. A served one
(\`serveRegistry\`) takes the same by HTTP, behind its service token:

\`\`\`sh
curl -X POST "$REGISTRY/control/edit" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"pid":"1980000000361","change":{"act":"changeName","familyName":{"th":"สุขใจ","en":"Sukjai"}}}'
curl -X POST "$REGISTRY/control/faults" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"slowMs":8000}'                       # or {"down":true}, {"wrong":"other-person"} …
curl -X DELETE "$REGISTRY/control/faults" -H "Authorization: Bearer $TOKEN"
\`\`\`

Changes: \`renewCard\` \`changeName\` \`move\` \`die\` \`loseCard\` \`setStatus\` \`setCardStatus\` \`setCardExpiry\`
(\`src/ports/civil-registry/simulation.ts\` has their form).

## What is real in it

Provinces, districts and sub-districts have their real names and codes, from the npm package thai-address-universal
2.2.0 (ISC), put right by hand in a dozen places (\`tools/build-geography.ts\`); of each district there are up to four
sub-districts. The 928 district offices follow from the districts. The 150 municipal offices, which make them 1,078,
are stand-ins, called «Municipal Registration Office (province number)»: the official list is not public, and their
rows say \`verified = 0\`. How the last digit of a house code is made is not public either; here it just counts.
`

/** The page, whole. */
export async function testPeoplePage(): Promise<string> {
	const clock = { now: () => DAY }
	const simulator = await openSimulator({ file: ':memory:', clock, population: namedPeople.length })
	const rows: string[] = []
	const cards: string[] = []
	for (const named of namedPeople) {
		const record = await simulator.findPerson(named.pid, 'service')
		if (!record) throw new Error(`${named.key} is not in the country`)
		rows.push(
			`| ${formatPid(named.pid)} | ${nameOf(record)} | \`${named.key}\` | ${named.story} | ${enrols(record)} | ${signsIn(record)} |`,
		)
		cards.push(`| \`${named.key}\` | ${bornOn(named.birth)} | ${cardOf(record)} | ${expiryOf(named.card)} |`)
	}
	simulator.close()
	return `${HEAD}${rows.join('\n')}\n${CARDS}${cards.join('\n')}\n${TAIL}`
}

function nameOf({ person }: RegistryRecord): string {
	const inScript = (script: 'th' | 'en') =>
		[person.givenName, person.middleName, person.familyName]
			.map((part) => part[script])
			.filter(Boolean)
			.join(' ')
	return `${person.title.th}${inScript('th')} · ${person.title.en} ${inScript('en')}`
}

function enrols(record: RegistryRecord): string {
	const refusal = refusalFor(record, thaiDateAt(DAY))
	return refusal ? `\`${refusal}\`` : 'yes'
}

function signsIn(record: RegistryRecord): string {
	const { card, person } = record
	const neverEnrolled = refusalFor(record, thaiDateAt(DAY)) === 'person_under_age'
	if (!card || person.nationality !== 'THA' || neverEnrolled) return '–'
	const verdict = evaluate({
		record,
		before: toSnapshot({ ...record, card }, '2.1'),
		today: thaiDateAt(DAY),
		account: { status: 'active', statusReason: null },
	})
	if (verdict.state === 'suspended') return `suspended: \`${verdict.reason}\``
	return ['yes', ...verdict.warnings.map(({ code }) => `warned: \`${code}\``)].join(', ')
}

function bornOn(birth: (typeof namedPeople)[number]['birth']): string {
	if ('age' in birth) return `${birth.age} years before`
	const part = (value: number | null) => String(value ?? 0).padStart(2, '0')
	return `${birth.year}-${part(birth.month)}-${part(birth.day)}`
}

function cardOf({ card }: RegistryRecord): string {
	return card ? `${card.number} | ${card.laserCode ?? 'none'}` : '– | –'
}

function expiryOf(card: (typeof namedPeople)[number]['card']): string {
	if (!card) return '–'
	if (card.expiresIn === 'lifelong') return 'never (ตลอดชีพ)'
	if (card.expiresIn > 365) return `in ${Math.round(card.expiresIn / 365.25)} years`
	return card.expiresIn < 0 ? `${-card.expiresIn} days ago` : `in ${card.expiresIn} days`
}

if (import.meta.main) await Bun.write(PAGE, await testPeoplePage())
