//! Python modules: hosts that die, are blocked or are replaced, and modules that are wrong.

mod hosts;
mod modules;
mod replaced;

use std::path::PathBuf;

use jobbers_worker::PythonModule;
use tempfile::TempDir;

/// A folder with a module in it.
pub struct Module(TempDir);

impl Module {
    /// The text is behind the imports that all have.
    pub fn new(text: &str) -> Self {
        const IMPORTS: &str = "import asyncio, os, sys, threading, time\nfrom pathlib import Path\n\
            from jobbers.context import get_current_task\nfrom jobbers.registry import register_task\n\
            HERE = Path(__file__).parent\n";
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tasks.py"), format!("{IMPORTS}{text}")).unwrap();
        Self(folder)
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// For a worker in this process, which is no guard itself.
    pub fn module(&self) -> PythonModule {
        let guard = Some(env!("CARGO_BIN_EXE_jobbers_worker").into());
        PythonModule { name: self.path("tasks.py").to_str().unwrap().to_owned(), guard }
    }
}
