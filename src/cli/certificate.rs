//! `recondesk certificate`: the certificate of a signed day, written again and verified anywhere.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::sign_off::{certificate_html, read_certificate};
use recondesk_app::{Failure, FailureKind, Message};

#[derive(Debug, Subcommand)]
pub(super) enum CertificateCommand {
    /// 把已签账日期的证书写到文件，html 或 json | Write the certificate of a signed day to a file: html or json
    Write {
        /// 商户档案 | Profile
        #[arg(long, value_name = "NAME")]
        profile: String,
        /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
        #[arg(long, value_name = "D")]
        date: String,
        /// 文件，html 或 json | File: html or json
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 核验证书，不需要工作区 | Verify a certificate; no workspace is needed
    Verify {
        /// 证书文件 | File of the certificate
        file: PathBuf,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
}

pub(super) fn run(
    command: &CertificateCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        CertificateCommand::Write { profile, date, out } => {
            CommandContext::check_out(Some(out))?;
            let day = context.day(date)?;
            let ports = context.open()?;
            let (id, _) = profile_named(&ports, profile)?;
            let signed = ports.casework.signed(id, day)?.ok_or_else(|| {
                Failure::new(
                    FailureKind::Usage,
                    "sign_off.missing",
                    Message::new("这一天没有签账", "The day is not signed off"),
                    Message::new(
                        "recondesk day sign-off 签账",
                        "recondesk day sign-off signs it",
                    ),
                )
                .with_detail(day.to_string())
            })?;
            write(context, out, &signed.certificate)?;
            Ok(CommandEnd::Clean)
        }
        CertificateCommand::Verify { file, format } => verify(context, file, *format),
    }
}

/// Writes a certificate: a page where the name says so, else the sealed document.
pub(super) fn write(
    context: &CommandContext<'_>,
    path: &Path,
    certificate: &str,
) -> Result<(), Failure> {
    let is_page = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("html") || end.eq_ignore_ascii_case("htm"));
    let page = is_page
        .then(|| read_certificate(certificate.as_bytes()))
        .flatten()
        .map(|read| certificate_html(&read.certificate))
        .transpose()?;
    let text = page.as_deref().unwrap_or(certificate);
    context.write_file(path, &mut |out| out.write_all(text.as_bytes()))
}

fn verify(
    context: &CommandContext<'_>,
    file: &Path,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let bytes = context.bytes(file)?;
    let refused = |title: Message| {
        Failure::new(
            FailureKind::RefusedInput,
            "certificate.refused",
            title,
            Message::new("向签账人要原件", "Ask whoever signed it for the original"),
        )
    };
    let read = read_certificate(&bytes).ok_or_else(|| {
        refused(Message::new(
            "这不是本程序的签账证书",
            "This is no certificate of this program",
        ))
        .with_detail(file.display().to_string())
    })?;
    let c = &read.certificate;
    if format == ListFormat::Json {
        let faults: Vec<_> = read.faults.iter().map(|fault| fault.words().en).collect();
        print_json(&json!({
            "holds": read.faults.is_empty(),
            "faults": faults,
            "signed_over": read.signed_over().iter().map(|one| one.en.as_str()).collect::<Vec<_>>(),
            "merchant": c.merchant,
            "mch_id": c.mch_id,
            "day": c.day,
            "signed_by": c.signed_by,
            "signed_at": c.signed_at,
            "inputs": c.inputs.len(),
            "decisions": c.decisions.len(),
            "sha256": read.sha256,
        }))?;
    } else {
        let lang = context.lang;
        let text = format!(
            "{} {} {}\n{} {} {}\nsha256 {}\n",
            c.merchant,
            c.mch_id,
            c.day,
            lang.pick("签账", "signed by"),
            c.signed_by,
            c.signed_at,
            read.sha256,
        );
        print_text(&text)?;
    }
    if read.faults.is_empty() {
        context.tell(
            "证书完整，未被改动",
            "The certificate is whole and unchanged",
        );
        for one in read.signed_over() {
            context.tell(
                &format!("签账时已有：{}", one.zh),
                &format!("Signed with this: {}", one.en),
            );
        }
        return Ok(CommandEnd::Clean);
    }
    let words: Vec<Message> = read
        .faults
        .iter()
        .map(recondesk_app::jobs::sign_off::CertificateFault::words)
        .collect();
    let zh: Vec<&str> = words.iter().map(|word| word.zh.as_str()).collect();
    let en: Vec<&str> = words.iter().map(|word| word.en.as_str()).collect();
    Err(refused(Message::new(zh.join("；"), en.join("; "))))
}
