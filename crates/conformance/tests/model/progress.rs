use super::search::Found;

/// The first state from which no way of ordinary steps leads to one where every task has ended.
pub(super) fn without_rest(found: &[Found], ordinary: &[(u32, u32)]) -> Option<usize> {
    // Backwards from where all is done: who leads there, by the state that is led to.
    let mut starts = vec![0_usize; found.len() + 1];
    for (_, to) in ordinary {
        starts[*to as usize + 1] += 1;
    }
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    let mut free = starts.clone();
    let mut sources = vec![0_u32; ordinary.len()];
    for (from, to) in ordinary {
        sources[free[*to as usize]] = *from;
        free[*to as usize] += 1;
    }

    let mut leads: Vec<bool> = found.iter().map(|(state, ..)| state.is_at_rest()).collect();
    let mut open: Vec<usize> = (0..found.len()).filter(|index| leads[*index]).collect();
    while let Some(to) = open.pop() {
        for from in &sources[starts[to]..starts[to + 1]] {
            let from = *from as usize;
            if !leads[from] {
                leads[from] = true;
                open.push(from);
            }
        }
    }
    leads.iter().position(|leads| !leads)
}
