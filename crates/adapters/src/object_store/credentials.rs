//! Keys for an object store, from where every program for S3 looks for them: the environment, then Amazon's file.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use rusty_s3::Credentials;
use zeroize::Zeroizing;

/// Longest such file.
const MOST: u64 = 1 << 20;

/// Keys of the environment, or of the section of `~/.aws/credentials` that `AWS_PROFILE` names.
///
/// They are looked up for each request: a file with keys that end is written anew by others.
pub(super) fn look_up(env: &dyn Fn(&str) -> Option<String>) -> Option<Credentials> {
    let said = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    if let (Some(key), Some(secret)) = (said("AWS_ACCESS_KEY_ID"), said("AWS_SECRET_ACCESS_KEY")) {
        return Some(make(key, secret, said("AWS_SESSION_TOKEN")));
    }
    let file = said("AWS_SHARED_CREDENTIALS_FILE")
        .map(PathBuf::from)
        .or_else(|| {
            let folders = directories::BaseDirs::new()?;
            Some(folders.home_dir().join(".aws").join("credentials"))
        })?;
    let mut text = Zeroizing::new(String::new());
    File::open(file)
        .ok()?
        .take(MOST)
        .read_to_string(&mut text)
        .ok()?;
    let profile = said("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
    in_file(&text, &profile)
}

fn make(key: String, secret: String, token: Option<String>) -> Credentials {
    match token {
        Some(token) => Credentials::new_with_token(key, secret, token),
        None => Credentials::new(key, secret),
    }
}

fn in_file(text: &str, profile: &str) -> Option<Credentials> {
    let (mut key, mut secret, mut token) = (None, None, None);
    let mut is_ours = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            is_ours = name.trim() == profile;
        } else if let (true, Some((name, value))) = (is_ours, line.split_once('=')) {
            let place = match name.trim() {
                "aws_access_key_id" => &mut key,
                "aws_secret_access_key" => &mut secret,
                "aws_session_token" => &mut token,
                _ => continue,
            };
            *place = Some(value.trim().to_owned());
        }
    }
    Some(make(key?, secret?, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_comes_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key=s1\n\
                    [desk]\naws_access_key_id=B\naws_secret_access_key = s2\naws_session_token=t2\n";
        crate::files::replace(&path, text.as_bytes()).unwrap();
        let known = |extra: &'static [(&str, &str)]| {
            let path = path.display().to_string();
            look_up(&move |wanted: &str| {
                let found = extra.iter().find(|(name, _)| *name == wanted);
                let file = (wanted == "AWS_SHARED_CREDENTIALS_FILE").then(|| path.clone());
                found.map(|(_, value)| (*value).to_owned()).or(file)
            })
        };
        let found = known(&[]).unwrap();
        assert_eq!(
            (found.key(), found.secret(), found.token()),
            ("A", "s1", None)
        );
        let found = known(&[("AWS_PROFILE", "desk")]).unwrap();
        assert_eq!(
            (found.key(), found.secret(), found.token()),
            ("B", "s2", Some("t2"))
        );
        let found = known(&[("AWS_ACCESS_KEY_ID", "C"), ("AWS_SECRET_ACCESS_KEY", "s3")]).unwrap();
        assert_eq!((found.key(), found.secret()), ("C", "s3"));
        assert!(known(&[("AWS_PROFILE", "none")]).is_none());
    }
}
