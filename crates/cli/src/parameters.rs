use std::io::Read;

use serde_json::{Map, Value};

/// Reads the parameters of a task from the rest of a command line: `key=value` pairs, or one JSON object, or `-` for
/// a JSON object from `stdin`. A value that is JSON is taken as such (`n=3`, `tags=["a"]`), any other is a text.
pub(crate) fn read(words: &[String], stdin: impl Read) -> Result<Value, String> {
    match words {
        [word] if word == "-" => {
            let text = std::io::read_to_string(stdin).map_err(|error| format!("standard input: {error}"))?;
            object(&text).map_err(|error| format!("standard input: {error}"))
        }
        words => read_words(words),
    }
}

/// Reads `key=value` pairs, or one JSON object.
pub(crate) fn read_words(words: &[String]) -> Result<Value, String> {
    match words {
        [word] if word.trim_start().starts_with(['{', '[']) => object(word),
        words => pairs(words),
    }
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("the parameters are JSON, but not an object: {\"key\": value} is expected".to_owned()),
        Err(error) => Err(format!("the parameters are not JSON: {error}")),
    }
}

fn pairs(words: &[String]) -> Result<Value, String> {
    let mut parameters = Map::new();
    for word in words {
        let Some((key, value)) = word.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(format!("`{word}` is no parameter: key=value, one JSON object, or - is expected"));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        if parameters.insert(key.to_owned(), value).is_some() {
            return Err(format!("the parameter `{key}` is given twice"));
        }
    }
    Ok(Value::Object(parameters))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(words: &[&str], stdin: &str) -> Result<Value, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        read(&words, stdin.as_bytes())
    }

    #[test]
    fn pairs_become_an_object() {
        assert_eq!(parse(&[], ""), Ok(json!({})));
        let words = ["path=docs", "n=3", "deep=true", "tags=[\"a\"]", "none=null", "empty=", "quoted=\"3\"", "a=b=c"];
        let object = json!({"path": "docs", "n": 3, "deep": true, "tags": ["a"], "none": null, "empty": "",
            "quoted": "3", "a": "b=c"});
        assert_eq!(parse(&words, ""), Ok(object));
    }

    #[test]
    fn one_object_is_taken_as_it_is() {
        assert_eq!(parse(&["{\"a\": 1}"], ""), Ok(json!({"a": 1})));
        assert_eq!(parse(&["-"], " {\"a\": [1]}\n"), Ok(json!({"a": [1]})));
    }

    #[test]
    fn anything_else_is_refused() {
        for (words, stdin, reason) in [
            (&["word"][..], "", "`word` is no parameter"),
            (&["=1"], "", "`=1` is no parameter"),
            (&["a=1", "a=2"], "", "`a` is given twice"),
            (&["[1]"], "", "not an object"),
            (&["{a: 1}"], "", "not JSON"),
            (&["-"], "", "standard input: the parameters are not JSON"),
            (&["-", "a=1"], "{}", "`-` is no parameter"),
        ] {
            let error = parse(words, stdin).expect_err(reason);
            assert!(error.contains(reason), "{error}");
        }
    }
}
