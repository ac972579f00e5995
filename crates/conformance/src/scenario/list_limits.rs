/// The part of the list that is about what starts when, and who is told of it.
#[doc(hidden)]
#[macro_export]
macro_rules! each_scenario_of_limits {
    ([$($then:tt)*] [$($given:tt)*] $($topics:tt)*) => {
        $crate::each_scenario_of_reading! {
            [$($then)*] [$($given)*]
            $($topics)*
            limits {
                the_total_limit_is_exact,
                the_limit_of_a_type_is_exact,
                the_limit_of_a_type_holds_over_queues_and_priorities,
                the_limit_of_a_queue_is_exact,
                the_limit_of_a_queue_holds_over_types,
                a_saturated_type_hides_no_other,
                a_saturated_queue_hides_no_other,
                a_saturated_type_of_a_better_priority_hides_no_other,
            }
            totals {
                the_total_of_a_queue_holds_over_workers,
                the_total_of_a_type_holds_over_workers_and_queues,
                totals_of_queues_and_types_are_kept_together,
                nothing_starts_under_a_total_of_none,
                a_full_queue_holds_up_no_other,
                a_full_type_holds_up_no_other,
                a_place_that_a_turn_frees_is_there_for_its_own_claim,
                a_retry_at_once_may_have_its_own_place_again,
                a_repeated_turn_takes_no_second_place,
                more_may_run_than_a_lowered_total_says_and_then_nothing_starts,
                own_slots_count_as_well_as_the_total,
                priorities_and_turns_stay_inside_what_a_total_leaves,
                other_queues_and_types_do_not_count,
                workers_that_claim_at_once_never_exceed_a_total,
                what_was_cancelled_or_expired_before_it_started_takes_no_place,
            }
            places {
                each_end_frees_the_place,
                a_task_of_a_dead_worker_keeps_its_place_until_it_is_reaped,
                a_stalled_task_keeps_its_place_until_its_code_has_stopped,
                a_stalled_task_keeps_its_place_in_its_type_as_well,
                a_turn_that_says_that_code_has_stopped_may_claim_its_place,
                a_stalled_task_keeps_its_place_no_longer_than_its_lease,
                a_worker_that_lives_keeps_the_place_of_code_that_does_not_stop,
                what_was_not_taken_away_is_not_freed_by_saying_that_it_stopped,
                another_token_does_not_free_the_place_of_a_stalled_task,
                a_stalled_task_that_runs_again_has_two_places_while_the_old_code_runs,
                each_attempt_of_a_task_that_stalls_again_and_again_keeps_a_place,
                a_task_that_was_handed_over_as_stalled_has_no_place_any_more,
                a_rehearsed_stall_takes_and_frees_no_place,
            }
            waking {
                as_many_wake_as_places_were_freed,
                a_place_that_the_same_turn_takes_wakes_nobody,
                as_many_wake_as_places_were_freed_and_not_taken,
                a_submission_into_a_full_queue_wakes_nobody,
                a_submission_of_a_full_type_wakes_nobody,
                another_type_wakes_a_worker_that_waits_for_a_place_of_a_full_one,
                another_queue_wakes_a_worker_that_waits_for_a_place_in_a_full_one,
                a_place_of_a_type_wakes_a_worker_of_another_queue,
                a_place_wakes_who_waits_for_that_and_not_for_another,
                a_stall_frees_no_place_and_wakes_nobody,
                code_that_has_stopped_wakes_one_for_its_place,
                an_expired_lease_that_is_reaped_wakes_one,
                a_lost_task_that_does_not_run_again_leaves_its_place_to_one,
                a_retry_and_a_task_handed_back_wake_one_for_the_one_place,
                a_place_that_another_process_frees_wakes_a_worker,
            }
            rate {
                no_more_start_than_allowed_in_any_window,
                no_more_start_than_allowed_in_any_short_window,
                no_more_start_than_allowed_in_any_window_of_a_minute,
                a_start_counts_for_a_whole_window_whatever_started_just_before_it,
                as_much_starts_as_the_rate_allows,
                steady_work_is_not_slowed_by_a_rate_that_it_keeps_to,
                a_hundred_an_hour,
                fifty_thousand_a_second,
                nothing_starts_under_a_rate_of_none,
                a_limited_queue_holds_up_no_other,
                priorities_and_turns_stay_inside_what_a_rate_leaves,
                a_retry_is_a_start_as_well,
                an_end_gives_back_no_start,
                each_queue_has_a_rate_of_its_own,
                a_total_and_a_rate_are_kept_together,
                a_claim_that_takes_nothing_counts_nothing,
                a_submission_into_a_queue_whose_rate_is_used_up_wakes_nobody,
                another_queue_wakes_a_worker_that_waits_for_a_rate,
                a_clock_that_is_set_back_does_not_stop_a_queue,
                a_clock_that_is_set_back_a_little_lets_no_more_start,
            }
            next_slot {
                the_next_slot_is_when_the_next_task_starts,
                no_slot_is_named_where_nothing_was_held_back,
                the_first_of_several_next_slots_is_named,
                a_repeated_turn_counts_once_and_names_the_same_slot,
                a_changed_numerator_holds_at_once,
                a_changed_window_holds_at_once,
            }
            order {
                tasks_of_a_lane_are_claimed_in_order,
                better_priorities_go_first,
                the_best_priority_of_a_queue_goes_first_over_all_types,
                urgent_tasks_of_one_queue_do_not_starve_another,
                types_take_fair_turns,
                queues_take_fair_turns,
                a_retry_at_once_goes_to_the_tail,
                a_task_that_is_handed_back_goes_to_the_head,
                a_task_of_a_dead_worker_goes_to_the_head,
                the_head_of_a_lane_stays_in_its_priority,
                due_tasks_go_to_the_tail_in_the_order_of_their_times,
            }
            routing {
                whoever_begins_to_listen_is_told_to_look,
                a_change_is_told_to_all_who_listen,
                many_changes_may_become_one_but_the_last_is_told,
                other_steps_do_not_tell_of_changes,
                who_listens_no_more_is_no_hindrance,
            }
            signals {
                signals_begin_with_both,
                a_new_task_wakes_a_parked_worker,
                a_new_task_of_another_process_wakes_a_parked_worker,
                a_promoted_task_wakes_a_parked_worker,
                a_task_of_a_dead_worker_wakes_a_parked_worker,
                a_retry_and_a_task_handed_back_wake_a_parked_worker,
                as_many_parked_workers_wake_as_there_are_tasks,
                no_more_workers_wake_than_there_are_tasks,
                a_task_wakes_a_worker_that_can_run_it,
                a_cancellation_is_told_to_the_worker,
                moves_tell_every_end,
                moves_tell_what_is_submitted,
                moves_tell_every_step_of_a_life,
                a_resubmitted_task_wakes_a_parked_worker,
                a_hastened_task_wakes_a_parked_worker,
                as_many_parked_workers_wake_as_tasks_are_resubmitted,
                a_task_wakes_a_worker_that_found_only_expired_ones,
                bulk_cancellations_are_told_to_each_worker,
                moves_tell_what_the_bulk_steps_did,
            }
        }
    };
}
