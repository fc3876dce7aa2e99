//! `recondesk profile`: merchants and their keys.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::CommandEnd;
use super::context::{CommandContext, profile_named, with_reason};
use super::person::{PersonArgs, keeper};
use super::profile_fields::ProfileFields;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use super::{profile_doctor, profile_show, profile_transfer};
use recondesk_app::jobs::profiles;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::{
    ApiVersion, GatewayKind, MerchantProfile, Secret, SecretKind, gateway_kind, half_width,
    is_official_gateway,
};
use recondesk_ports::VaultPlace;

/// No key, certificate or authority is larger.
const LARGEST_KEY: u64 = 64 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum ProfileCommand {
    /// 新增商户档案 | Add a profile
    Add {
        /// 名称，在工作区内唯一 | Name, unique in the workspace
        name: String,
        /// 商户号 | Merchant number
        #[arg(long, value_name = "ID")]
        mch_id: String,
        #[command(flatten)]
        fields: Box<ProfileFields>,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 修改商户档案：只改写出的项 | Change a profile: only what is named
    Edit {
        /// 名称 | Name
        name: String,
        /// 新名称 | New name
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// 商户号 | Merchant number
        #[arg(long, value_name = "ID")]
        mch_id: Option<String>,
        #[command(flatten)]
        fields: Box<ProfileFields>,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 列出商户档案 | List the profiles
    List {
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 查看一个档案 | Show one profile
    Show {
        /// 名称 | Name
        name: String,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 导出档案为文件，不含密钥和证书 | Export a profile as a file, without keys and certificates
    Export {
        /// 名称 | Name
        name: String,
        /// 写到这个文件，默认写到标准输出 | File to write, standard output by default
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// 导入导出的档案；密钥要再存一次 | Import an exported profile; its keys are stored again
    Import {
        /// 导出的文件 | The exported file
        file: PathBuf,
        /// 换一个名称 | Another name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 体检：密钥、证书、签名、时钟，每个问题都说怎么改；有问题时退出码 1 | Check keys, certificates, signature and clock, with what to do; exit code 1 when something is wrong
    Doctor {
        /// 名称 | Name
        name: String,
        /// 不联网 | Do not ask WeChat Pay
        #[arg(long)]
        offline: bool,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// 移除档案及其密钥；账和处理记录保留 | Remove a profile and its keys; books and history stay
    Remove {
        /// 名称 | Name
        name: String,
        #[command(flatten)]
        person: PersonArgs,
    },
    /// 设置密钥：从文件、环境变量或终端输入，从不写在命令行上 | Set a key: from a file, a variable or a prompt, never an argument
    SetKey {
        /// 名称 | Name
        name: String,
        /// v2、v3、client-cert、client-key、platform-key、shop、webhook、webhook-secret；.p12 用 client-cert，证书和私钥一起存 | v2, v3, client-cert, client-key, platform-key, shop, webhook, webhook-secret; a .p12 as client-cert stores certificate and key
        #[arg(value_parser = kind)]
        kind: SecretKind,
        /// 从文件读取；证书和私钥一起更换时写两次 | Read it from a file; twice to replace certificate and key together
        #[arg(long, value_name = "FILE")]
        from_file: Vec<PathBuf>,
        /// 从环境变量读取 | Read it from an environment variable
        #[arg(long, value_name = "VAR", conflicts_with = "from_file")]
        from_env: Option<String>,
        #[command(flatten)]
        person: PersonArgs,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Table,
    Json,
}

pub(super) fn run(
    command: ProfileCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        ProfileCommand::Add {
            name,
            mch_id,
            fields,
            person,
        } => {
            let mut profile = MerchantProfile::new(&name, &half_width(&mch_id));
            fields.apply(&mut profile)?;
            let (ports, _guard) = context.open_or_make_to_write()?;
            let actor = keeper(context, &ports, &person)?;
            profiles::add(&ports, &profile, &actor)?;
            context.tell("档案已保存", "Profile saved");
            tell_of_gateway(context, &profile);
        }
        ProfileCommand::Edit {
            name,
            rename,
            mch_id,
            fields,
            person,
        } => {
            let (ports, _guard) = context.open_to_write()?;
            let actor = keeper(context, &ports, &person)?;
            let (id, mut profile) = profile_named(&ports, &name)?;
            profile.name = rename.unwrap_or(profile.name);
            if let Some(mch_id) = mch_id {
                profile.mch_id = half_width(&mch_id).into_owned();
            }
            fields.apply(&mut profile)?;
            profiles::update(&ports, id, &profile, &actor)?;
            context.tell("档案已保存", "Profile saved");
            tell_of_gateway(context, &profile);
        }
        ProfileCommand::Export { name, out } => {
            return profile_transfer::export(context, &name, out.as_deref());
        }
        ProfileCommand::Import { file, name, person } => {
            return profile_transfer::import(context, &file, name, &person);
        }
        ProfileCommand::Doctor {
            name,
            offline,
            format,
        } => return profile_doctor::run(context, &name, offline, format),
        ProfileCommand::List { format } => list(context, format)?,
        ProfileCommand::Show { name, format } => return profile_show::run(context, &name, format),
        ProfileCommand::Remove { name, person } => {
            let (ports, _guard) = context.open_to_write()?;
            let (id, _) = profile_named(&ports, &name)?;
            let actor = keeper(context, &ports, &person)?;
            profiles::remove(&ports, id, &actor)?;
            context.tell(
                "档案已移除，账和处理记录保留",
                "Profile removed; books and history stay",
            );
        }
        ProfileCommand::SetKey {
            name,
            kind,
            from_file,
            from_env,
            person,
        } => {
            let (files, variable) = (from_file.as_slice(), from_env.as_deref());
            set_key(context, (&name, kind), files, variable, &person)?;
        }
    }
    Ok(CommandEnd::Clean)
}

fn set_key(
    context: &CommandContext<'_>,
    (name, kind): (&str, SecretKind),
    files: &[PathBuf],
    variable: Option<&str>,
    person: &PersonArgs,
) -> Result<(), Failure> {
    let (ports, _guard) = context.open_to_write()?;
    let actor = keeper(context, &ports, person)?;
    let (id, _) = profile_named(&ports, name)?;
    let value = read_key(context, files, variable)?;
    for told in profiles::set_key(&ports, id, kind, &value, &actor)? {
        context.tell(&told.zh, &told.en);
    }
    if ports.vault.get(id, kind)?.is_none() {
        return Ok(());
    }
    match ports.vault.place() {
        VaultPlace::Keychain => {
            context.tell(
                "密钥已存入系统密钥串",
                "Key stored in the keychain of this system",
            );
        }
        VaultPlace::SealedFile => context.tell(
            "密钥已存入工作区的密封文件（由口令保护）",
            "Key stored in the sealed file of the workspace (protected by the passphrase)",
        ),
    }
    Ok(())
}

/// Says whose server gets signed requests where it is not WeChat Pay's.
pub(super) fn tell_of_gateway(context: &CommandContext<'_>, profile: &MerchantProfile) {
    if gateway_kind(&profile.gateway) == Some(GatewayKind::Remote)
        && !is_official_gateway(&profile.gateway)
    {
        let gateway = &profile.gateway;
        context.tell(
            &format!("注意：{gateway} 不是微信支付的地址；签名的请求（包括退款）都会发给它，只有贵司自己的转发服务才可以这样设置"),
            &format!("Careful: {gateway} is not WeChat Pay's; signed requests, refunds included, go there. Right for a relay of your own only"),
        );
    }
}

fn list(context: &CommandContext<'_>, format: ListFormat) -> Result<(), Failure> {
    let all = context.open()?.records.profiles()?;
    if format == ListFormat::Json {
        let list: Vec<_> = all.iter().map(|(_, profile)| profile).collect();
        return print_json(&list);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("名称", "name"),
        lang.pick("商户号", "mch_id"),
        lang.pick("接口", "api"),
        lang.pick("网关", "gateway"),
    ]);
    for (_, profile) in &all {
        table.row([
            profile.name.as_str(),
            &profile.mch_id,
            api_word(profile.api),
            &profile.gateway,
        ]);
    }
    print_text(&table.print())
}

/// The key from the one place named, or from a prompt; never from an argument.
fn read_key(
    context: &CommandContext<'_>,
    files: &[PathBuf],
    variable: Option<&str>,
) -> Result<Secret<Vec<u8>>, Failure> {
    if let [only] = files {
        return read_small(only);
    }
    if !files.is_empty() {
        let parts: Vec<Secret<Vec<u8>>> = files
            .iter()
            .map(|file| read_small(file))
            .collect::<Result<_, _>>()?;
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.expose().as_slice()).collect();
        return Ok(Secret::new(parts.join(&b'\n')));
    }
    if let Some(variable) = variable {
        return std::env::var(variable)
            .map(|text| Secret::new(text.into_bytes()))
            .map_err(|_unset| {
                Failure::new(
                    FailureKind::Usage,
                    "usage.variable",
                    Message::new("环境变量没有设置", "The variable is not set"),
                    Message::default(),
                )
                .with_detail(variable)
            });
    }
    let question = context.lang.pick("密钥（不显示）：", "Key (not shown): ");
    super::prompt::secret(question)
        .map(|text| Secret::new(text.expose().clone().into_bytes()))
        .ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "usage.prompt",
                Message::new(
                    "没有终端可以输入密钥",
                    "There is no terminal to type the key on",
                ),
                Message::new(
                    "用 --from-file 或 --from-env",
                    "Use --from-file or --from-env",
                ),
            )
        })
}

pub(super) fn read_small(path: &Path) -> Result<Secret<Vec<u8>>, Failure> {
    read_at_most(path, LARGEST_KEY).map(Secret::new)
}

/// The bytes of a small file.
pub(super) fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let refused = |zh: &str, en: &str| {
        Failure::new(
            FailureKind::RefusedInput,
            "file.read",
            Message::new(zh, en),
            Message::default(),
        )
        .with_detail(path.display().to_string())
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| Failure {
            title: with_reason(("文件无法读取", "The file cannot be read"), &error),
            ..refused("", "")
        })?;
    if bytes.len() as u64 > most {
        return Err(refused(
            "文件太大，不是密钥、证书或档案",
            "The file is too large for a key, a certificate or a profile",
        ));
    }
    Ok(bytes)
}

fn api_word(api: ApiVersion) -> &'static str {
    match api {
        ApiVersion::V2 => "v2",
        ApiVersion::V3 => "v3",
    }
}

fn kind(word: &str) -> Result<SecretKind, String> {
    SecretKind::parse(word).ok_or_else(|| SecretKind::ALL.map(SecretKind::word).join(", "))
}
