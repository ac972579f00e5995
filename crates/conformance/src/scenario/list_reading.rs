/// The part of the list that is about what is shown of tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! each_scenario_of_reading {
    ([$($then:tt)*] [$($given:tt)*] $($topics:tt)*) => {
        $($then)*! {
            $($given)*;
            $($topics)*
            cursors {
                a_cursor_of_a_larger_store_leads_to_the_end_of_this_one,
            }
            errors {
                errors_that_are_alike_are_one_group,
                groups_are_of_one_queue_and_type,
                the_largest_groups_come_first_and_no_more_than_wanted,
                a_group_counts_down_however_its_dead_letters_leave,
                the_times_of_a_group_never_move_back,
                only_dead_letters_count,
                a_repeated_end_counts_once,
                a_task_that_fails_otherwise_later_changes_its_group,
                a_task_under_which_workers_died_is_in_a_group,
            }
            lists {
                every_combination_of_filters_lists_what_it_should,
                since_is_inclusive_and_until_exclusive,
                bounds_are_about_the_time_of_the_list,
                an_empty_store_lists_nothing,
                lists_by_submission_have_both_orders,
                lists_go_by_the_time_that_they_are_about,
                dead_letters_are_listed_as_failed_as_well,
                a_task_is_listed_where_it_is_and_nowhere_else,
                an_id_that_was_forgotten_and_submitted_anew_is_listed_once,
                a_resubmitted_task_keeps_its_place_among_all,
                submissions_of_many_hours_are_listed_in_order,
                awkward_names_do_not_collide_in_lists,
                who_has_a_task_can_be_asked_for,
                a_page_has_no_more_than_was_asked_for,
                scheduled_retries_are_listed_by_their_due_time,
            }
            pages {
                thousands_of_the_same_millisecond_are_listed_once_each,
                pages_of_any_size_are_the_same_list,
                each_entry_is_a_place_to_go_on_from,
                a_task_that_is_gone_is_still_a_place_to_go_on_from,
                a_page_that_ended_at_a_task_that_was_submitted_anew_goes_on_there,
                submissions_meanwhile_neither_hide_nor_repeat_others,
                changes_meanwhile_hide_none_that_did_not_change,
                ends_and_departures_meanwhile_hide_none_that_did_not_change,
                renewals_meanwhile_hide_none_that_run,
                thousands_that_run_and_died_in_one_millisecond_are_listed_once_each,
                departures_from_the_schedule_hide_none_that_did_not_change,
                no_call_looks_at_more_than_it_may,
                many_queues_and_types_do_not_make_a_call_look_at_more_than_it_may,
            }
            record {
                a_waiting_task_is_shown_whole,
                a_scheduled_task_is_shown_whole,
                a_started_task_is_shown_whole,
                a_completed_task_is_shown_whole,
                a_failed_task_is_shown_whole,
                a_task_that_waits_for_its_retry_is_shown_whole,
                a_stalled_and_a_cancelled_task_show_their_end,
                contents_are_kept_byte_for_byte,
                a_megabyte_of_parameters_and_result_is_kept,
                error_texts_are_kept_as_they_are,
                names_with_separators_do_not_collide,
                versions_of_a_type_are_types_of_their_own,
                progress_is_shown_with_its_message,
                a_task_is_in_one_place_at_a_time,
            }
            standing {
                only_a_task_that_waits_stands_somewhere,
                a_task_that_waits_alone_has_nothing_before_it,
                tasks_before_it_in_its_lane_are_counted_exactly,
                the_first_thousand_are_counted_and_those_behind_are_estimated,
                better_priorities_of_every_type_are_told,
                types_that_take_turns_are_told,
                what_runs_is_told_as_limits_count_it,
                what_a_rate_leaves_is_told_and_nothing_is_taken_from_it,
            }
            statistics {
                counts_follow_a_task_through_its_life,
                each_queue_is_counted_by_itself,
                a_cancelled_and_resubmitted_task_is_counted_once,
                expired_tasks_are_counted_as_what_they_are_shown_as,
                the_oldest_that_waits_tells_since_when,
                everything_that_happens_is_tallied,
                an_end_that_yielded_is_tallied_as_cancelled,
                each_minute_and_queue_is_tallied_by_itself,
                tallies_are_kept_for_a_day,
                what_waits_is_counted_by_type,
            }
            tasks {
                tasks_come_whole_and_in_the_order_of_their_ids,
                as_many_tasks_come_as_a_page_has,
                large_tasks_come_in_parts,
                results_weigh_as_parameters_do,
                metadata_weigh_as_parameters_do,
                unknown_tasks_weigh_nothing,
            }
        }
    };
}
