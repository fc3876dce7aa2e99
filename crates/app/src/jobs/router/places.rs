//! What the window opens in a window of its own: the demo, and shared workspaces.

use super::{WindowJobs, changed, told};
use crate::{Changed, Command, Failure, FailureKind, Message, Outcome, Reporter, SharedPlaceAsk};
use recondesk_ports::StoreError;

impl WindowJobs {
    /// Opens what has a window of its own.
    pub(super) fn open_beside(
        &self,
        command: &Command,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        match command {
            Command::OpenShared(ask) => self.open_shared(ask),
            _ => self.open_demo(reporter),
        }
    }

    fn open_demo(&self, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let demo = self.around.demo.clone();
        let demo = demo.ok_or_else(|| StoreError::Forbidden("demo".to_owned()))?;
        Ok(changed(Changed::Books, demo(&self.ports, reporter)?))
    }

    /// Opens a shared workspace, or makes one where the place of its files was named.
    fn open_shared(&self, ask: &SharedPlaceAsk) -> Result<Outcome, Failure> {
        if !is_address(&ask.address) {
            return Err(no_address());
        }
        let places = self.around.places.clone();
        let places = places.ok_or_else(|| StoreError::Forbidden("shared".to_owned()))?;
        places.open(ask).map_err(none_there)?;
        Ok(told(Message::new(
            format!("共用的工作区已在新窗口打开：{}", ask.address),
            format!(
                "The shared workspace opens in a window of its own: {}",
                ask.address
            ),
        )))
    }
}

/// True for what names a database server rather than a folder.
fn is_address(text: &str) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

/// What is missing there is the workspace: it can be made.
fn none_there(failure: Failure) -> Failure {
    if failure.code != "workspace.missing" {
        return failure;
    }
    Failure::new(
        FailureKind::Usage,
        "place.none",
        Message::new(
            "这个数据库里没有工作区",
            "There is no workspace in this database",
        ),
        Message::new(
            "核对地址；要在那里新建，填上文件位置",
            "Check the address; to make one there, name the place of its files",
        ),
    )
}

fn no_address() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "place.address",
        Message::new(
            "地址要以 postgres:// 开头",
            "The address begins with postgres://",
        ),
        Message::new(
            "写法：postgres://用户@服务器/数据库，向管理数据库的人要",
            "As postgres://USER@SERVER/DATABASE; who runs the database knows it",
        ),
    )
}
