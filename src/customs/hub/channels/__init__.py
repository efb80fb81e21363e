"""Channels (通知渠道): how people are told: by mail, by robots of DingTalk, WeCom and Feishu, by SMS and other webhooks."""
