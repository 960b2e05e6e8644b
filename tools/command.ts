/** Runs an operator's command to its end. What goes wrong is one line on stderr, without a stack, and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
	try {
		await main()
	} catch (error) {
		console.error(error instanceof Error ? error.message : error)
		process.exitCode = 1
	}
}
