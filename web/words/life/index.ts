import { wordsOf } from '../language.ts'
import { th } from './th.ts'

export const lifeWords = wordsOf(th, async () => (await import('./en.ts')).en)
