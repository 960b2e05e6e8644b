import { wordsOf } from '../language.ts'
import { th } from './th.ts'

export const citizenWords = wordsOf(th, async () => (await import('./en.ts')).en)
