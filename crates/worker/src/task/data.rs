use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use super::{Argument, Call, HandlerError, Needs};

/// State that all handlers of a worker share, by its type: what was given to [`Tasks::data`](super::Tasks::data).
#[derive(Debug)]
pub struct Data<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Clone for Data<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> Deref for Data<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Any + Send + Sync> Argument for Data<T> {
    fn take(call: &Call) -> Result<Self, HandlerError> {
        call.state.get::<T>().map(Self).ok_or_else(|| {
            HandlerError::Arguments(format!("the worker has no data of the type `{}`", type_name::<T>()))
        })
    }

    fn declare(needs: &mut Needs) {
        needs.data.push((TypeId::of::<T>(), type_name::<T>()));
    }
}

/// Everything that was given to [`Tasks::data`](super::Tasks::data).
#[derive(Debug, Default)]
pub(crate) struct State {
    values: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl State {
    /// Adds a value; false if there is one of the type already.
    pub(crate) fn add<T: Any + Send + Sync>(&mut self, value: T) -> bool {
        self.values.insert(TypeId::of::<T>(), Arc::new(value)).is_none()
    }

    pub(crate) fn has(&self, of: TypeId) -> bool {
        self.values.contains_key(&of)
    }

    fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let value = Arc::clone(self.values.get(&TypeId::of::<T>())?);
        value.downcast().ok()
    }
}
