import { readFileSync } from 'node:fs'

/** `getconf CLK_TCK`: 100 on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100
/** CPU seconds that a process has used until now, user and system, all its threads (proc(5), fields 14 and 15). */
export function cpuSeconds(pid: number): number {
	const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
	// The second field is the command in brackets and may hold spaces.
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
