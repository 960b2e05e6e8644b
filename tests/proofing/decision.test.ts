import { describe, expect, test } from 'bun:test'
import { decide, type Evidence, IAL_TABLE } from '../../src/proofing/index.ts'

const WHOLE: Evidence = {
	method: 'office',
	officerId: 'off_x',
	officeCode: '1306',
	asAnsweredAt: 1,
	cardStatusChecked: true,
	cardNumberCompared: false,
	chipRead: false,
	portraitOfAs: true,
	faceComparedBy: 'officer',
	faceComparedAt: 2,
}

describe('evidence gives a level', () => {
	test.each([
		['card checked, face compared by the officer', {}, '2.1'],
		['and the chip read', { chipRead: true }, '2.2'],
		['the number under the photo compared: no more than before', { cardNumberCompared: true }, '2.1'],
		['no portrait at the source: the officer compared with the card', { portraitOfAs: false }, '2.1'],
		['nobody compared the face', { faceComparedBy: null, faceComparedAt: null }, null],
		['a chip read, and nobody compared the face', { chipRead: true, faceComparedBy: null }, null],
		['the card’s status was not checked', { cardStatusChecked: false, chipRead: true }, null],
	] as const)('%s', (_, facts, ial) => {
		expect(decide({ ...WHOLE, ...facts })?.ial ?? null).toBe(ial)
	})

	test('the table is named with the level', () => {
		expect(decide(WHOLE)).toEqual({ ial: '2.1', table: IAL_TABLE.version })
	})

	test('another table, another level, from the same facts', () => {
		const stricter = { version: 'stricter', rows: [{ ial: '2.1', needs: ['chipRead'] }] } as const
		expect(decide(WHOLE, stricter)).toBeNull()
		expect(decide({ ...WHOLE, chipRead: true }, stricter)).toEqual({ ial: '2.1', table: 'stricter' })
	})
})
