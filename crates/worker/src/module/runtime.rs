use tokio::runtime::{Builder, Runtime};

/// Where handlers run: one that blocks its thread holds up its like, but not its worker.
#[derive(Debug)]
pub(crate) struct HandlerRuntime(Option<Runtime>);

impl HandlerRuntime {
    pub(super) fn start(slots: u32) -> std::io::Result<Self> {
        /// Blocking threads that handlers may use besides those that are theirs.
        const SPARE: usize = 64;
        let mut builder = Builder::new_multi_thread();
        builder.enable_all().thread_name("jobbers-handler").max_blocking_threads(slots as usize + SPARE);
        Ok(Self(Some(builder.build()?)))
    }

    pub(super) fn handle(&self) -> tokio::runtime::Handle {
        match &self.0 {
            Some(runtime) => runtime.handle().clone(),
            None => tokio::runtime::Handle::current(),
        }
    }
}

/// Does not wait for handlers that do not stop.
impl Drop for HandlerRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
