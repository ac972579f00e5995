/// A URL as it may be shown and logged: without user, password and secret options. Works on text that is no
/// proper URL as well, and rather hides too much than too little.
pub fn masked(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let separator = if scheme.is_empty() { "" } else { "://" };
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("***@", place),
        None => ("", rest),
    };
    match place.split_once('?') {
        Some((place, options)) => {
            let options: Vec<String> = options.split('&').map(masked_option).collect();
            format!("{scheme}{separator}{credentials}{place}?{}", options.join("&"))
        }
        None => format!("{scheme}{separator}{credentials}{place}"),
    }
}

fn masked_option(option: &str) -> String {
    match option.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        Some(_) | None => option.to_owned(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["pass", "user", "secret", "token", "key"].iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn nothing_secret_is_left_of_a_url() {
        for (url, shown) in [
            ("redis://localhost:6379/1", "redis://localhost:6379/1"),
            ("redis://:sesame@db:6379", "redis://***@db:6379"),
            ("rediss://me:sesame@db/0", "rediss://***@db/0"),
            ("redis://me:ses@me/sesame@db", "redis://***@db"),
            ("me:sesame@db", "***@db"),
            ("unix:///run/redis.sock?db=1&pass=sesame", "unix:///run/redis.sock?db=1&pass=***"),
            ("postgres://me:sesame@db/jobs?sslmode=require", "postgres://***@db/jobs?sslmode=require"),
            ("postgres:///jobs?user=me&PASSWORD=sesame", "postgres:///jobs?user=***&PASSWORD=***"),
            ("", ""),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
