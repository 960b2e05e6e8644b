CREATE TABLE `jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL,
	`done_for` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `lost_cases` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`officer_id` text NOT NULL,
	`office_code` text NOT NULL,
	`account_id` text NOT NULL,
	`evidence` text NOT NULL,
	`last_act` text,
	`created_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE INDEX `lost_cases_account` ON `lost_cases` (`account_id`);