//! Operators and limits, as the settings of the window change them.

use super::WindowJobs;
use crate::jobs::operators::{self, NewOperator};
use crate::model::{
    LimitsWish, NewOperatorWish, OperatorGate, OperatorIdentity, RemoveOperatorWish,
};
use crate::{Command, Failure, Message, Outcome};

impl WindowJobs {
    /// Reads operators and limits, or changes them.
    pub(super) fn people(&self, command: Command) -> Result<Outcome, Failure> {
        let said = match command {
            Command::AddOperator(wish) => self.add_operator(&wish)?,
            Command::RemoveOperator(wish) => self.remove_operator(&wish)?,
            Command::SetLimits(wish) => self.set_limits(&wish)?,
            _ => return Ok(Outcome::Operators(Box::new(operators::view(&self.ports)?))),
        };
        let view = operators::view(&self.ports)?;
        let person = self.around.desk.person(&self.ports, &self.around.person)?;
        Ok(Outcome::OperatorsChanged(Box::new(view), person, said))
    }

    fn add_operator(&self, wish: &NewOperatorWish) -> Result<Message, Failure> {
        let is_first = operators::gate(&self.ports)? == OperatorGate::Anybody;
        let actor = operators::admitted(&self.ports, wish.identity.as_ref())?;
        let new = NewOperator {
            name: &wish.name,
            roles: Some(wish.roles),
            pin: &wish.pin,
        };
        let added = operators::add(&self.ports, &new, &actor)?;
        let (name, roles) = (&added.name, operators::role_words(added.roles));
        let (zh, en) = (roles.zh, roles.en);
        if !is_first {
            return Ok(Message::new(
                format!("已新增操作人 {name}：{zh}"),
                format!("Operator {name} is added: {en}"),
            ));
        }
        // Whoever names the first one has just typed its PIN twice: nothing waits for a sign-in.
        let identity = OperatorIdentity {
            name: name.clone(),
            pin: wish.pin.clone(),
        };
        self.around.desk.sign_in(&self.ports, &identity)?;
        Ok(Message::new(
            format!("已新增操作人 {name}：{zh}；现在以 {name} 登录"),
            format!("Operator {name} is added: {en}; signed in as {name}"),
        ))
    }

    fn remove_operator(&self, wish: &RemoveOperatorWish) -> Result<Message, Failure> {
        let actor = operators::admitted(&self.ports, wish.identity.as_ref())?;
        let name = &wish.name;
        operators::remove(&self.ports, name, &actor)?;
        Ok(Message::new(
            format!("已移除操作人 {name}，历史里的姓名保留"),
            format!("Operator {name} is removed; the name stays in the history"),
        ))
    }

    fn set_limits(&self, wish: &LimitsWish) -> Result<Message, Failure> {
        let actor = operators::admitted(&self.ports, wish.identity.as_ref())?;
        operators::set_limits(&self.ports, wish.limits, &actor)?;
        let (sum, n) = (wish.limits.refund_over.grouped(), wish.limits.bulk_over);
        Ok(Message::new(
            format!("复核界限：退款超过 ¥{sum}，一次超过 {n} 条"),
            format!("A second person agrees to refunds above ¥{sum}, and above {n} at once"),
        ))
    }
}
