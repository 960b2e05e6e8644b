import { For, type JSX } from 'solid-js'
import { Icon, type IconName, Layout } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'

const TABS: readonly { path: string; icon: IconName; name: 'navCard' | 'navScan' | 'navInbox' }[] = [
	{ path: '/card', icon: 'card', name: 'navCard' },
	{ path: '/scan', icon: 'qr', name: 'navScan' },
	{ path: '/inbox', icon: 'bell', name: 'navInbox' },
]

/** The app's frame: the pages' own, and three places to go, where the thumb is. */
export function AppLayout(props: { title: string; children: JSX.Element }) {
	return (
		<Layout
			title={props.title}
			below={
				<nav class="tabs" aria-label={citizenWords().nav}>
					<For each={TABS}>
						{(tab) => (
							<a href={tab.path} aria-current={location.pathname === tab.path ? 'page' : undefined}>
								<Icon name={tab.icon} />
								<span>{citizenWords()[tab.name]}</span>
							</a>
						)}
					</For>
				</nav>
			}
		>
			{props.children}
		</Layout>
	)
}
